//! The fields that the author provably wrote, apart from the API server's defaults.
//!
//! A Pod arrives with defaults in it. Two clients leave evidence of the manifest: `kubectl apply` and `kubectl create
//! --save-config` keep it in an annotation, nulls included; server-side apply keeps the paths of the fields, without values.
//! Other clients leave none. A field that is shown here must stay as it is: the next, unchanged apply would undo what was
//! added, and the API server refuses that for a Pod.

mod applied;
mod managed;

use std::collections::HashMap;

use crate::annotation::downward::{Resource, Section};
use crate::annotation::probe::ProbeKind;
pub(super) use applied::of_manifest;
pub use managed::ManagedFields;

/// The knowledge of one field of the author's manifest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Authored {
    /// Nothing.
    #[default]
    Unknown,
    /// It has a value.
    Value,
    /// It is `null`: the author wants none.
    Null,
}

impl Authored {
    /// Whether the field is shown, with a value or as `null`.
    pub fn is_shown(self) -> bool {
        self != Self::Unknown
    }

    /// Whether the author wants none.
    pub fn is_null(self) -> bool {
        self == Self::Null
    }

    /// This, or what is known of it elsewhere.
    fn or(self, other: Self) -> Self {
        if self.is_shown() { self } else { other }
    }
}

/// The fields of a Pod's `spec` that podwright may fill.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuthoredSpec {
    /// `terminationGracePeriodSeconds`
    pub grace_period: Authored,
    /// `volumes`
    pub volumes: Authored,
}

/// The fields of a container that podwright may fill.
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
    /// `lifecycle.preStop`; `lifecycle: null` counts.
    pub pre_stop: Authored,
    probes: [Authored; 3],
    requests: [Authored; 3],
    limits: [Authored; 3],
}

impl AuthoredSpec {
    /// Adds what is known from elsewhere, which wins.
    pub(super) fn take(&mut self, other: Self) {
        let Self { grace_period, volumes } = other;
        *self = Self { grace_period: grace_period.or(self.grace_period), volumes: volumes.or(self.volumes) };
    }
}

impl AuthoredContainer {
    /// Adds what is known from elsewhere, which wins.
    pub(super) fn take(&mut self, other: Self) {
        let (message_path, message_policy) = (self.message_path, self.message_policy);
        let merged = Self {
            message_path: other.message_path.or(message_path),
            message_policy: other.message_policy.or(message_policy),
            ..other
        };
        *self = merged;
    }

    /// The probe of this kind.
    pub fn probe(&self, kind: ProbeKind) -> Authored {
        let [startup, readiness, liveness] = self.probes;
        match kind {
            ProbeKind::Startup => startup,
            ProbeKind::Readiness => readiness,
            ProbeKind::Liveness => liveness,
        }
    }

    /// `resources.requests` or `resources.limits` of one resource; a `null` above it counts.
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

/// All that is known of a Pod's manifest.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub(super) spec: AuthoredSpec,
    pub(super) containers: HashMap<String, AuthoredContainer>,
}
