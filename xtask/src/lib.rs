//! podwright's chores, and the real Kubernetes control plane for its tests.
//!
//! The library has few dependencies, because every build of the tests builds it. It leaves TLS and the Kubernetes API
//! to kubectl.

pub mod actionlint;
pub mod cluster;
pub mod control_plane;
mod error;
pub mod files;
mod go;
pub mod helm;
pub mod lifeline;
mod logged;
pub mod picture;
pub mod process;
pub mod prometheus_operator;
pub mod promtool;
pub mod python;
pub mod scratch;
pub mod tools;
pub mod wait;
pub mod webhook;

pub use error::Error;
pub use go::cache_folder;
