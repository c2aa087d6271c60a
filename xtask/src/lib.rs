//! Podwright's own chores, and the real Kubernetes control plane that its tests run against.
//!
//! - [`control_plane`]: etcd, kube-apiserver and kubectl, built once and started for a test;
//! - [`cluster`]: a whole cluster with two nodes, whose Pods run;
//! - [`helm`]: Helm 3 and 4, for the tests of the chart;
//! - [`lifeline`]: programs that end with this process, however this process ends;
//! - [`process`]: programs that run to their end;
//! - [`webhook`]: `podwright serve` for a test;
//! - [`picture`]: the output of `podwright preview`, drawn for the README;
//! - [`scratch`]: folders that end with this process.
//!
//! It stays light, because every build of the tests builds it: the library needs one small crate, and the program those
//! of the command line. kubectl speaks TLS and Kubernetes' API for it.

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
pub mod webhook;

pub use error::Error;
