//! podwright's chores, and the real Kubernetes control plane for its tests.
//!
//! - [`control_plane`]: etcd, kube-apiserver and kubectl, built once and started for a test;
//! - [`cluster`]: a whole cluster with two nodes that run Pods;
//! - [`helm`]: Helm 3 and 4, for the tests of the chart;
//! - [`lifeline`]: programs that end with this process, however it ends;
//! - [`process`]: programs that run to their end;
//! - [`webhook`]: `podwright serve` for a test;
//! - [`picture`]: the output of `podwright preview`, drawn for the README;
//! - [`scratch`]: folders that end with this process;
//! - [`wait`]: waiting for a condition.
//!
//! The library has few dependencies, because every build of the tests builds it. It leaves TLS and the Kubernetes API
//! to kubectl.

pub mod cluster;
pub mod control_plane;
mod error;
mod go;
pub mod helm;
pub mod lifeline;
mod logged;
pub mod picture;
pub mod process;
pub mod scratch;
pub mod wait;
pub mod webhook;

pub use error::Error;
