//! The edits that features can make.

mod values;

use k8s_openapi::api::core::v1::{LifecycleHandler, Probe};

use crate::annotation::amounts::Amount;
use crate::annotation::downward::{Resource, Section};
use crate::annotation::paths::{MessagePath, MessagePolicy};
use crate::annotation::probe::ProbeKind;
pub use values::{
    DownwardApiFile, DownwardApiSource, DownwardApiVolume, FieldSelector, ReadOnlyMount, Value, Variable,
};

/// An edit of a container. None removes or replaces an author's value: each applies to a missing field, or to the API
/// server's default.
#[derive(Clone, Debug, PartialEq)]
pub enum InContainer<'p> {
    /// A variable, before the existing ones. Several keep their order.
    Env(Variable<'p>),
    /// A mount, after the existing ones.
    Mount(ReadOnlyMount<'p>),
    /// An entry of `resources.requests` or `resources.limits`.
    Amount(AddedAmount<'p>),
    /// `terminationMessagePath`
    MessagePath(&'p MessagePath),
    /// `terminationMessagePolicy`
    MessagePolicy(MessagePolicy),
    /// `startupProbe`, `readinessProbe` or `livenessProbe`.
    Probe(ProbeKind, Box<Probe>),
    /// `lifecycle.preStop`
    PreStop(Box<LifecycleHandler>),
}

/// An amount for `resources.requests` or `resources.limits`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AddedAmount<'p> {
    /// `requests` or `limits`.
    pub section: Section,
    /// The key of the entry.
    pub resource: Resource,
    /// The value of the entry.
    pub amount: &'p Amount,
}

impl<'p> InContainer<'p> {
    /// Returns the key of the feature that makes the edit.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Self::Env(_) => "downward-env",
            Self::Mount(_) => "downward-volume",
            Self::Amount(AddedAmount { section: Section::Requests, .. }) => "requests",
            Self::Amount(AddedAmount { section: Section::Limits, .. }) => "limits",
            Self::MessagePath(_) => "termination-message-path",
            Self::MessagePolicy(_) => "termination-message-policy",
            Self::Probe(kind, _) => kind.key(),
            Self::PreStop(_) => "pre-stop-sleep",
        }
    }

    /// Returns the amount, if the edit is one.
    pub(super) fn amount(&self) -> Option<AddedAmount<'p>> {
        match self {
            Self::Amount(amount) => Some(*amount),
            _ => None,
        }
    }
}

/// An edit of the Pod as a whole. The same rule applies.
#[derive(Clone, Debug, PartialEq)]
pub enum InPod {
    /// A volume, after the existing ones.
    Volume(DownwardApiVolume),
    /// `spec.terminationGracePeriodSeconds`
    GracePeriod(i64),
    /// The label [`INJECTED`](crate::annotation::INJECTED), with the profile's name.
    Label(String),
    /// The status annotation.
    Status(String),
}

impl InPod {
    /// Returns the key of the feature that makes the edit; none for podwright's own marks.
    pub(super) fn key(&self) -> Option<&'static str> {
        match self {
            Self::Volume(_) => Some("downward-volume"),
            Self::GracePeriod(_) => Some("termination-grace-period"),
            Self::Label(_) | Self::Status(_) => None,
        }
    }
}
