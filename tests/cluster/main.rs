//! Against a real API server, over real TLS, through the real binary: what a user of a cluster would see.
//!
//! One control plane and one webhook serve all tests but those that count; each test has namespaces of its own. Nothing is
//! skipped: where the control plane cannot be had, the tests fail and say why.

#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a test may fail, and is a crate of its own"
)]

mod cel_cost;
mod chart;
#[path = "../../core/tests/core/charts.rs"]
mod charts;
mod check;
mod client;
mod client_certificates;
mod comparison;
mod corpus;
mod denials;
mod flood;
mod installed;
mod kept;
mod late;
mod oversized;
mod parity;
mod pitfalls;
mod pods;
mod policy;
mod probes;
mod properties;
mod quotas;
mod reapply;
mod resources;
mod rolling;
mod sources;
mod thin_line;
mod untouched;
mod workloads;
mod world;
