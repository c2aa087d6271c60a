//! The values of `startup-probe`, `readiness-probe` and `liveness-probe`.
//!
//! The short form has words (`http:3000/ready period=6s`). The full form is a Probe of the API as JSON or YAML. Both
//! use the same code for their values, so they accept the same probes.

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
