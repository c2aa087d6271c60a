//! Connections: accepted, limited, served, and closed without losing a response.

pub(super) mod accept;
mod activity;
mod counted;
pub(super) mod limiter;
mod lingering_close;
pub(super) mod serve;
mod warning;

#[cfg(test)]
mod tests;
