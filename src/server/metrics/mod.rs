//! The metrics of the server, for Prometheus on the admin port.
//!
//! No label has a value from a request: authors of Pods could otherwise make as many series as memory holds.

pub mod alerts;
mod callback;
mod connections;
pub mod dashboard;
mod events;
mod exposition;
mod metric;
mod process;
mod registry;
mod reloads;
pub mod table;

pub(super) use callback::{Callback, Samples, value};
pub(super) use connections::Connections;
pub(super) use events::{EventCounters, EventResult};
pub(super) use exposition::router;
pub(super) use registry::{Metrics, RequestRecord};
pub(super) use reloads::{CertificateMetrics, CertificateWrites, Reloads};
