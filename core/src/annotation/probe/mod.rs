//! The grammar of `startup-probe`, `readiness-probe` and `liveness-probe`: words (`http:3000/ready period=6s`), or a whole
//! Probe as JSON or YAML.
//!
//! The two forms differ in how they are read alone: what a value may be is asked of the same code, so that both give equal
//! probes, and both are refused for the same reasons.

mod api_handlers;
mod api_object;
mod command;
mod definition;
mod errors;
mod full_form;
mod handler;
mod options;
mod parse;
mod port;
mod shell;
mod short_form;
mod values;

pub use command::Command;
pub use definition::{Handler, Port, Probe, ProbeKind, Scheme};

#[cfg(test)]
mod tests;
