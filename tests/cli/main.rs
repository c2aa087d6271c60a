//! The command line, the pages and the manifests: what people read, against the code that it is about. What a server says is
//! `tests/server`'s.

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
mod pitfalls;
mod preview;
mod suites;
mod transcripts;
