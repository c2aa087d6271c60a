//! Podwright's own chores, and the real Kubernetes control plane that its tests run against.
//!
//! - [`control_plane`]: etcd, kube-apiserver and kubectl, built once and started for a test;
//! - [`cluster`]: a whole cluster with two nodes, whose Pods run;
//! - [`helm`]: Helm 3 and 4, for the tests of the chart;
//! - [`lifeline`]: programs that end with this process, however this process ends;
//! - [`webhook`]: `podwright serve` beside it;
//! - [`picture`]: what `podwright preview` says, drawn for the README;
//! - [`scratch`]: folders that do the same.
//!
//! It stays light on purpose, standard library only: whoever builds the tests builds this too. It never speaks TLS or
//! to Kubernetes' API itself; kubectl does.

pub mod cluster;
pub mod control_plane;
mod error;
mod go;
pub mod helm;
pub mod lifeline;
mod logged;
pub mod picture;
pub mod scratch;
pub mod webhook;

pub use error::Error;
