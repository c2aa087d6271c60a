//! podwright fits an annotated Pod for production at admission, and says what it did and why.
//!
//! The decisions are made in `podwright-core`, which this crate re-exports; here are the server, the certificates, the
//! cluster and the command line. Dependencies point one way: `cli → server → cluster → cert`.

pub use podwright_core::{admission, annotation, inject, manifest, profile, text, workload};

pub mod cert;
pub mod cli;
pub mod cluster;
pub mod server;
