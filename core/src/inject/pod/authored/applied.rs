//! The author's manifest as JSON: `kubectl.kubernetes.io/last-applied-configuration`, or the manifest itself.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::super::scalars::{List, Str};
use super::{Authored, AuthoredContainer, AuthoredSpec, Evidence};

/// Reads a manifest; one that cannot be read shows nothing.
pub(in super::super) fn of_manifest(json: &str) -> Option<Evidence> {
    let Manifest { spec } = serde_json::from_str(json).ok()?;
    let spec = spec?;
    let containers = spec.containers.0.iter().chain(&spec.init_containers.0);
    let containers = containers.map(|container| (container.name.as_str().to_owned(), container.authored())).collect();
    let spec = AuthoredSpec {
        grace_period: spec.termination_grace_period_seconds.authored(),
        volumes: spec.volumes.authored(),
    };
    Some(Evidence { spec, containers })
}

/// A field that may be missing, `null`, or there.
#[derive(Default)]
enum Mark<T = IgnoredAny> {
    #[default]
    Missing,
    Null,
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Mark<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

impl<T> Mark<T> {
    fn authored(&self) -> Authored {
        match self {
            Self::Missing => Authored::Unknown,
            Self::Null => Authored::Null,
            Self::Value(_) => Authored::Value,
        }
    }

    /// A part of it: `null` where the whole is `null`.
    fn part(&self, part: impl FnOnce(&T) -> Authored) -> Authored {
        match self {
            Self::Missing => Authored::Unknown,
            Self::Null => Authored::Null,
            Self::Value(value) => part(value),
        }
    }
}

#[derive(Deserialize)]
struct Manifest<'a> {
    #[serde(borrow)]
    spec: Option<Spec<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec<'a> {
    #[serde(default)]
    termination_grace_period_seconds: Mark,
    #[serde(default)]
    volumes: Mark,
    #[serde(borrow, default)]
    containers: List<Container<'a>>,
    #[serde(borrow, default)]
    init_containers: List<Container<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Container<'a> {
    #[serde(borrow, default)]
    name: Str<'a>,
    #[serde(default)]
    env: Mark,
    #[serde(default)]
    volume_mounts: Mark,
    #[serde(default)]
    termination_message_path: Mark,
    #[serde(default)]
    termination_message_policy: Mark,
    #[serde(default)]
    startup_probe: Mark,
    #[serde(default)]
    readiness_probe: Mark,
    #[serde(default)]
    liveness_probe: Mark,
    #[serde(default)]
    lifecycle: Mark<Lifecycle>,
    #[serde(default)]
    resources: Mark<Resources>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lifecycle {
    #[serde(default)]
    pre_stop: Mark,
}

#[derive(Deserialize)]
struct Resources {
    #[serde(default)]
    requests: Mark<Amounts>,
    #[serde(default)]
    limits: Mark<Amounts>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Amounts {
    #[serde(default)]
    cpu: Mark,
    #[serde(default)]
    memory: Mark,
    #[serde(default)]
    ephemeral_storage: Mark,
}

impl Container<'_> {
    fn authored(&self) -> AuthoredContainer {
        AuthoredContainer {
            env: self.env.authored(),
            volume_mounts: self.volume_mounts.authored(),
            message_path: self.termination_message_path.authored(),
            message_policy: self.termination_message_policy.authored(),
            pre_stop: self.lifecycle.part(|lifecycle| lifecycle.pre_stop.authored()),
            probes: [&self.startup_probe, &self.readiness_probe, &self.liveness_probe].map(Mark::authored),
            requests: self.amounts(|resources| &resources.requests),
            limits: self.amounts(|resources| &resources.limits),
        }
    }

    fn amounts(&self, section: fn(&Resources) -> &Mark<Amounts>) -> [Authored; 3] {
        let parts: [fn(&Amounts) -> &Mark; 3] =
            [|amounts| &amounts.cpu, |amounts| &amounts.memory, |amounts| &amounts.ephemeral_storage];
        parts.map(|part| self.resources.part(|resources| section(resources).part(|amounts| part(amounts).authored())))
    }
}
