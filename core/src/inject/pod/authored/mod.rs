//! The fields that the author provably wrote, as opposed to the API server's defaults.
//!
//! A Pod arrives with defaults. Two clients leave evidence of the manifest. `kubectl apply` and `kubectl create
//! --save-config` store it in an annotation, with nulls. Server-side apply stores the paths of the fields, without
//! values. Other clients leave no evidence.
//!
//! podwright must not change such a field: the next, unchanged apply would revert the change, and the API server
//! refuses that for a Pod.

mod applied;
mod managed;

use std::collections::HashMap;

use crate::annotation::downward::{Resource, Section};
use crate::annotation::probe::ProbeKind;
pub(super) use applied::of_manifest;
pub use managed::ManagedFields;

/// The evidence for one field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Authored {
    /// No evidence.
    #[default]
    Unknown,
    /// The manifest has a value.
    Value,
    /// The manifest has `null`: the field should stay unset.
    Null,
}

impl Authored {
    /// Returns whether the manifest has the field, with a value or as `null`.
    pub fn is_shown(self) -> bool {
        self != Self::Unknown
    }

    /// Returns whether the manifest has `null`.
    pub fn is_null(self) -> bool {
        self == Self::Null
    }

    /// Returns this evidence, or the other one if there is none.
    fn or(self, other: Self) -> Self {
        if self.is_shown() { self } else { other }
    }
}

/// The fields of a Pod's `spec` that podwright may set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuthoredSpec {
    /// `terminationGracePeriodSeconds`
    pub grace_period: Authored,
    /// `volumes`
    pub volumes: Authored,
}

/// The fields of a container that podwright may set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuthoredContainer {
    /// `env`
    pub env: Authored,
    /// `volumeMounts`
    pub volume_mounts: Authored,
    /// `terminationMessagePath`
    pub message_path: Authored,
    /// `terminationMessagePolicy`
    pub message_policy: Authored,
    /// `lifecycle.preStop`. `lifecycle: null` counts as `null`.
    pub pre_stop: Authored,
    probes: [Authored; 3],
    requests: [Authored; 3],
    limits: [Authored; 3],
}

impl AuthoredSpec {
    /// Merges other evidence, which has precedence.
    pub(super) fn take(&mut self, other: Self) {
        let Self { grace_period, volumes } = other;
        *self = Self { grace_period: grace_period.or(self.grace_period), volumes: volumes.or(self.volumes) };
    }
}

impl AuthoredContainer {
    /// Merges other evidence, which has precedence.
    pub(super) fn take(&mut self, other: Self) {
        let (message_path, message_policy) = (self.message_path, self.message_policy);
        let merged = Self {
            message_path: other.message_path.or(message_path),
            message_policy: other.message_policy.or(message_policy),
            ..other
        };
        *self = merged;
    }

    /// Returns the probe of this kind.
    pub fn probe(&self, kind: ProbeKind) -> Authored {
        let [startup, readiness, liveness] = self.probes;
        match kind {
            ProbeKind::Startup => startup,
            ProbeKind::Readiness => readiness,
            ProbeKind::Liveness => liveness,
        }
    }

    /// Returns the evidence for `resources.requests` or `resources.limits` of one resource. A `null` above it counts.
    pub fn amount(&self, section: Section, resource: Resource) -> Authored {
        let [cpu, memory, ephemeral_storage] = match section {
            Section::Requests => self.requests,
            Section::Limits => self.limits,
        };
        match resource {
            Resource::Cpu => cpu,
            Resource::Memory => memory,
            Resource::EphemeralStorage => ephemeral_storage,
        }
    }
}

/// All evidence of a Pod's manifest.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub(super) spec: AuthoredSpec,
    pub(super) containers: HashMap<String, AuthoredContainer>,
}
