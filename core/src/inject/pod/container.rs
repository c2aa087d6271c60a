//! A container and its slot in the Pod.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::authored::AuthoredContainer;
use super::census;
use super::fields::{Field, List, Str};
use super::json_objects::objects;
use super::ports::ContainerPort;
use super::resources::Resources;
use super::tally::HasItems;
use super::volumes::{VolumeDevice, VolumeMount};

/// An app container, a native sidecar or an init container.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct Container<'a> {
    /// The name, unique in the Pod, init containers included.
    #[serde(borrow, default)]
    pub name: Str<'a>,
    /// The image. It may be missing in a template, for another webhook to fill in.
    #[serde(borrow, default)]
    pub image: Str<'a>,
    /// The restart policy. `Always` makes an init container a native sidecar (KEP-753). App containers may have a
    /// policy from 1.34 on (KEP-5307).
    #[serde(borrow, default)]
    pub restart_policy: Field<Str<'a>>,
    /// The command as the JSON of a list. podwright searches only for addresses in it and in `args`.
    #[serde(borrow, default)]
    pub command: Field<&'a RawValue>,
    /// The command's arguments.
    #[serde(borrow, default)]
    pub args: Field<&'a RawValue>,
    /// Variables in the author's order.
    #[serde(borrow, default)]
    pub env: List<EnvVar<'a>>,
    /// `true` if `envFrom` has items. Admission does not see the objects that they name.
    #[serde(default)]
    pub env_from: HasItems,
    /// Ports in the author's order.
    #[serde(borrow, default)]
    pub ports: List<ContainerPort<'a>>,
    /// The amounts as written. The API server may not have copied limits to requests yet.
    #[serde(borrow, default)]
    pub resources: Field<Resources<'a>>,
    /// Mounts in the author's order.
    #[serde(borrow, default)]
    pub volume_mounts: List<VolumeMount<'a>>,
    /// Block devices.
    #[serde(borrow, default)]
    pub volume_devices: List<VolumeDevice<'a>>,
    /// An absolute path.
    #[serde(borrow, default)]
    pub termination_message_path: Field<Str<'a>>,
    /// `File` or `FallbackToLogsOnError`.
    #[serde(borrow, default)]
    pub termination_message_policy: Field<Str<'a>>,
    /// `startupProbe`. Probes are only compared.
    #[serde(borrow, default)]
    pub startup_probe: Field<&'a RawValue>,
    /// `readinessProbe`
    #[serde(borrow, default)]
    pub readiness_probe: Field<&'a RawValue>,
    /// `livenessProbe`
    #[serde(borrow, default)]
    pub liveness_probe: Field<&'a RawValue>,
    /// `preStop` and `postStart`.
    #[serde(borrow, default)]
    pub lifecycle: Field<Lifecycle<'a>>,
    /// The fields that the author provably wrote.
    #[serde(skip)]
    pub authored: AuthoredContainer,
}

/// An item of `env`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct EnvVar<'a> {
    /// The name, not always unique. The last variable of a name counts.
    #[serde(borrow, default)]
    pub name: Str<'a>,
    /// The literal; empty if missing.
    #[serde(borrow, default)]
    pub value: Field<Str<'a>>,
    /// The source, which is only compared.
    #[serde(borrow, default)]
    pub value_from: Field<&'a RawValue>,
}

/// `lifecycle`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct Lifecycle<'a> {
    /// Runs before the container is sent its stop signal.
    #[serde(borrow, default)]
    pub pre_stop: Field<&'a RawValue>,
    /// Runs once the container has started.
    #[serde(borrow, default)]
    pub post_start: Field<&'a RawValue>,
}

objects!(Container, EnvVar, Lifecycle);

/// The role of a container. It decides which features apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// An item of `containers`.
    App,
    /// An item of `initContainers` with `restartPolicy: Always`. It runs as long as the app containers.
    NativeSidecar,
    /// Any other item of `initContainers`. It runs to completion before the app containers start.
    Init,
}

/// The slot of a container in the Pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// `spec.containers[n]`
    App(usize),
    /// `spec.initContainers[n]`
    Init(usize),
}

/// A container and its slot in the Pod.
#[derive(Clone, Copy, Debug)]
pub struct ContainerAt<'p> {
    /// The slot.
    pub slot: Slot,
    /// The container in it.
    pub container: &'p Container<'p>,
}

impl ContainerAt<'_> {
    /// Returns the container's role.
    pub fn role(self) -> Role {
        match self.slot {
            Slot::App(_) => Role::App,
            Slot::Init(_) if is_always(&self.container.restart_policy) == Some(true) => Role::NativeSidecar,
            Slot::Init(_) => Role::Init,
        }
    }

    /// Returns whether this container is expected to end, by its own restart policy or else by the Pod's.
    ///
    /// A native sidecar lives as long as its Pod, so the Pod's policy decides.
    pub fn runs_to_completion(self, pod_runs_forever: bool) -> bool {
        match self.slot {
            Slot::App(_) => !is_always(&self.container.restart_policy).unwrap_or(pod_runs_forever),
            Slot::Init(_) => !pod_runs_forever,
        }
    }
}

impl Container<'_> {
    /// Returns the number of items, as [`ITEMS`](super::ITEMS) counts them.
    pub(super) fn items(&self) -> usize {
        let ports = self.ports.0.iter().filter(|port| port.is_tcp()).count();
        census::CONTAINER + ports + self.env.0.len() + self.volume_mounts.0.len() + self.volume_devices.0.len()
    }
}

/// Returns whether a restart policy is `Always`; `None` if it is missing.
pub(super) fn is_always(policy: &Field<Str<'_>>) -> Option<bool> {
    policy.as_ref().map(|policy| policy.as_str() == "Always")
}
