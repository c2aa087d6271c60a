//! A client of the API server for podwright's own objects: one Secret and the webhook configurations of one name, watched and
//! patched.
//!
//! `cert::rotation` decides what to write; [`CertificateController`] carries it out. Objects are named one by one, because the
//! rights in manifests/rbac.yaml are for these alone; podwright never creates or deletes one. Never here: serving, and the data
//! of a Secret in a log or an error.

mod backoff;
mod client;
mod controller;
mod error;
mod objects;
mod observer;
mod version;
mod watch;

pub use client::{Cluster, ConfigurationWebhooks, ObjectNames};
pub use controller::CertificateController;
pub use error::{Error, RequestFailure};
pub use objects::Webhook;
pub use observer::{CA_BUNDLE, RotationObserver, Trust, TrustProblem, WriteOutcome};
pub use version::KubernetesVersion;
