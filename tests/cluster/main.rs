//! podwright in a real API server, over TLS, through the real binary: the view of a cluster's user.
//!
//! Tests share one control plane and one webhook, except those that count calls. Each test has namespaces of its own.
//! Tests fail, rather than being skipped, where no control plane is available.

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
mod events;
mod features;
mod flood;
mod gitops;
mod injected_label;
mod installed;
mod inventory;
mod kept;
mod kubectl_plugin;
mod late;
mod oversized;
mod parity;
mod pipelines;
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
mod why;
mod workloads;
mod world;
