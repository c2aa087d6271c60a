//! The edits that a feature can make, and nothing else.

mod values;

use k8s_openapi::api::core::v1::{LifecycleHandler, Probe};

use crate::annotation::amounts::Amount;
use crate::annotation::downward::{Resource, Section};
use crate::annotation::paths::{MessagePath, MessagePolicy};
use crate::annotation::probe::ProbeKind;
pub use values::{
    DownwardApiFile, DownwardApiSource, DownwardApiVolume, FieldSelector, ReadOnlyMount, Value, Variable,
};

/// The only things that a feature can do to a container. None removes or replaces what an author wrote: each is for where
/// there is nothing, or what the API server puts where there is nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum InContainer<'p> {
    /// A variable, before those that are there; several in their order.
    Env(Variable<'p>),
    /// A mount, behind those that are there.
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
    /// Requests or limits.
    pub section: Section,
    /// The key of the entry.
    pub resource: Resource,
    /// Its value.
    pub amount: &'p Amount,
}

impl<'p> InContainer<'p> {
    /// The amount, where it is one.
    pub(super) fn amount(&self) -> Option<AddedAmount<'p>> {
        match self {
            Self::Amount(amount) => Some(*amount),
            _ => None,
        }
    }
}

/// The only things that a feature can do to the Pod as a whole, by the same rule.
#[derive(Clone, Debug, PartialEq)]
pub enum InPod {
    /// A volume, behind those that are there.
    Volume(DownwardApiVolume),
    /// `spec.terminationGracePeriodSeconds`
    GracePeriod(i64),
    /// The status annotation.
    Status(String),
}
