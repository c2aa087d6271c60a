//! podwright fits annotated Pods for production: a mutating admission webhook, and its command line.
//!
//! `podwright-core`, re-exported here, makes the decisions. This crate adds the server, the certificates, the cluster client,
//! the inspection of a cluster's Pods and the command line. Dependencies point one way: `cli → server → cluster → cert` and
//! `cli → inspect → cluster`.

pub use podwright_core::{admission, annotation, inject, manifest, profile, text, workload};

pub mod cert;
pub mod cli;
pub mod cluster;
pub mod inspect;
pub mod server;
