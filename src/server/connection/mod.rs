//! Connections: accepted, limited, served, and closed without losing an answer.

pub(super) mod accept;
mod activity;
mod counted;
pub(super) mod limiter;
mod lingering_close;
pub(super) mod serve;

#[cfg(test)]
mod tests;
