//! The command line, the pages and the manifests, compared with the code. `tests/server` tests the server.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail"
)]

mod configuration;
mod docs;
mod explain;
mod manifests;
mod metrics;
mod pipelines;
mod pitfalls;
mod preview;
mod suites;
mod transcripts;
