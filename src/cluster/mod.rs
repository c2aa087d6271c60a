//! A client that watches and patches podwright's objects in the API server: one Secret, and the webhook configurations of one
//! name. [`ClusterReader`] reads any objects, with a user's rights.
//!
//! `cert::rotation` decides on each write; [`CertificateController`] carries it out. Every request names one object, because
//! the rights in manifests/rbac.yaml cover only these. podwright creates only events, with [`EventWriter`], and deletes nothing.
//! Never here: serving, and a Secret's data in a log or an error.

mod asking;
mod backoff;
mod client;
mod config_map;
mod controller;
mod destination;
mod error;
mod events;
mod kubeconfig;
mod objects;
mod observer;
mod reader;
mod version;
mod watch;

pub use asking::Answer;
pub use client::{Cluster, ConfigurationWebhooks, ObjectNames};
pub use config_map::configuration_hash;
pub use controller::CertificateController;
pub use error::{Error, RequestFailure};
pub use events::{EventText, EventWriter, Occurrences, REPORTING_CONTROLLER, Regarding};
pub use kubeconfig::ClusterChoice;
pub use objects::Webhook;
pub use observer::{CA_BUNDLE, RotationObserver, Trust, TrustProblem, WriteOutcome};
pub use reader::{ClusterReader, Collection, Page, Pages};
pub use version::KubernetesVersion;
