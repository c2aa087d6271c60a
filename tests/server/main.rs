//! `podwright serve`, `certs` and `install` from outside: the real binary, real TLS and real signals, on the loopback
//! interface. `tests/cluster` tests them with an API server.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod abuse;
mod alerts;
mod certificates;
mod certs;
mod client;
mod client_ca;
mod configuration;
mod connection_limits;
mod exposition;
mod install;
mod limited;
mod limits;
mod lines;
mod log;
mod metrics;
#[cfg(feature = "otlp")]
mod otlp;
mod output;
mod oversized;
mod pki;
mod renewal;
mod running;
mod silence;
mod start;
mod statuses;
mod termination;
mod watched;
