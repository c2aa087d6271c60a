//! The author's manifest as JSON: the annotation `kubectl.kubernetes.io/last-applied-configuration`, or the manifest
//! itself.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::super::fields::{List, Str};
use super::{Authored, AuthoredContainer, AuthoredSpec, Evidence};

/// Reads a manifest. An unreadable one gives no evidence.
pub(in super::super) fn of_manifest(json: &str) -> Option<Evidence> {
    let AppliedManifest { spec } = serde_json::from_str(json).ok()?;
    let spec = spec?;
    let containers = spec.containers.0.iter().chain(&spec.init_containers.0);
    let containers = containers.map(|container| (container.name.as_str().to_owned(), container.authored())).collect();
    let spec = AuthoredSpec {
        grace_period: spec.termination_grace_period_seconds.authored(),
        volumes: spec.volumes.authored(),
    };
    Some(Evidence { spec, containers })
}

/// A field: missing, `null`, or set.
#[derive(Default)]
enum FieldState<T = IgnoredAny> {
    #[default]
    Missing,
    Null,
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for FieldState<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

impl<T> FieldState<T> {
    fn authored(&self) -> Authored {
        match self {
            Self::Missing => Authored::Unknown,
            Self::Null => Authored::Null,
            Self::Value(_) => Authored::Value,
        }
    }

    /// Returns the state of a part. If the whole is `null`, so is the part.
    fn part(&self, part: impl FnOnce(&T) -> Authored) -> Authored {
        match self {
            Self::Missing => Authored::Unknown,
            Self::Null => Authored::Null,
            Self::Value(value) => part(value),
        }
    }
}

#[derive(Deserialize)]
struct AppliedManifest<'a> {
    #[serde(borrow)]
    spec: Option<AppliedSpec<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AppliedSpec<'a> {
    #[serde(default)]
    termination_grace_period_seconds: FieldState,
    #[serde(default)]
    volumes: FieldState,
    #[serde(borrow, default)]
    containers: List<AppliedContainer<'a>>,
    #[serde(borrow, default)]
    init_containers: List<AppliedContainer<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AppliedContainer<'a> {
    #[serde(borrow, default)]
    name: Str<'a>,
    #[serde(default)]
    env: FieldState,
    #[serde(default)]
    volume_mounts: FieldState,
    #[serde(default)]
    termination_message_path: FieldState,
    #[serde(default)]
    termination_message_policy: FieldState,
    #[serde(default)]
    startup_probe: FieldState,
    #[serde(default)]
    readiness_probe: FieldState,
    #[serde(default)]
    liveness_probe: FieldState,
    #[serde(default)]
    lifecycle: FieldState<AppliedLifecycle>,
    #[serde(default)]
    resources: FieldState<AppliedResources>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AppliedLifecycle {
    #[serde(default)]
    pre_stop: FieldState,
}

#[derive(Deserialize)]
struct AppliedResources {
    #[serde(default)]
    requests: FieldState<AppliedResourceList>,
    #[serde(default)]
    limits: FieldState<AppliedResourceList>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct AppliedResourceList {
    #[serde(default)]
    cpu: FieldState,
    #[serde(default)]
    memory: FieldState,
    #[serde(default)]
    ephemeral_storage: FieldState,
}

impl AppliedContainer<'_> {
    fn authored(&self) -> AuthoredContainer {
        AuthoredContainer {
            env: self.env.authored(),
            volume_mounts: self.volume_mounts.authored(),
            message_path: self.termination_message_path.authored(),
            message_policy: self.termination_message_policy.authored(),
            pre_stop: self.lifecycle.part(|lifecycle| lifecycle.pre_stop.authored()),
            probes: [&self.startup_probe, &self.readiness_probe, &self.liveness_probe].map(FieldState::authored),
            requests: self.amounts(|resources| &resources.requests),
            limits: self.amounts(|resources| &resources.limits),
        }
    }

    fn amounts(&self, section: fn(&AppliedResources) -> &FieldState<AppliedResourceList>) -> [Authored; 3] {
        let parts: [fn(&AppliedResourceList) -> &FieldState; 3] =
            [|amounts| &amounts.cpu, |amounts| &amounts.memory, |amounts| &amounts.ephemeral_storage];
        parts.map(|part| self.resources.part(|resources| section(resources).part(|amounts| part(amounts).authored())))
    }
}
