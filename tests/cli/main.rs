//! The command line, the pages and the manifests, compared with the code. `tests/server` tests the server.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail"
)]

mod completion;
mod configuration;
mod docs;
mod explain;
mod lint;
mod manifests;
mod metrics;
mod monitoring;
mod pipelines;
mod pitfalls;
mod preview;
mod schema;
mod suites;
mod terminal;
mod transcripts;
