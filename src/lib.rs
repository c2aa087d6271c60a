//! podwright fits an annotated Pod for production at admission, and says what it did and why.
//!
//! The map, in the direction of the dependencies (ARCHITECTURE.md has the invariants):
//! `cli → server → admission → workload → inject → profile → annotation`, with `manifest` between `cli` and `workload`.

pub mod admission;
pub mod annotation;
pub mod inject;
pub mod manifest;
pub mod profile;
pub mod workload;

#[cfg(feature = "cli")]
pub mod cert;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod cluster;
#[cfg(feature = "cli")]
pub mod server;
