//! A container, with its slot in the Pod.

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
    /// Unique in the Pod, init containers included.
    #[serde(borrow, default)]
    pub name: Str<'a>,
    /// May be missing in a template, for another webhook to fill in.
    #[serde(borrow, default)]
    pub image: Str<'a>,
    /// `Always` makes an init container a native sidecar (KEP-753); app containers may have one from 1.34 on (KEP-5307).
    #[serde(borrow, default)]
    pub restart_policy: Field<Str<'a>>,
    /// Only searched for addresses, as `args` is: the JSON of a list.
    #[serde(borrow, default)]
    pub command: Field<&'a RawValue>,
    /// The command's arguments.
    #[serde(borrow, default)]
    pub args: Field<&'a RawValue>,
    /// In the author's order.
    #[serde(borrow, default)]
    pub env: List<EnvVar<'a>>,
    /// Only whether there are any: what they hold is in objects that admission does not see.
    #[serde(default)]
    pub env_from: HasItems,
    /// In the author's order.
    #[serde(borrow, default)]
    pub ports: List<ContainerPort<'a>>,
    /// As they are, before the API server copies limits to requests.
    #[serde(borrow, default)]
    pub resources: Field<Resources<'a>>,
    /// In the author's order.
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
    /// Only ever compared, as the other two are.
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
    /// The fields that the author's manifest is known to have.
    #[serde(skip)]
    pub authored: AuthoredContainer,
}

/// One of `env`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct EnvVar<'a> {
    /// Not necessarily unique; the last one wins.
    #[serde(borrow, default)]
    pub name: Str<'a>,
    /// A literal; empty where missing.
    #[serde(borrow, default)]
    pub value: Field<Str<'a>>,
    /// Only ever compared.
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

/// The role of a container: decides which features may touch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// One of `containers`.
    App,
    /// One of `initContainers` with `restartPolicy: Always`: runs as long as the app containers do.
    NativeSidecar,
    /// Any other of `initContainers`: runs to its end before them.
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
    /// The container's role.
    pub fn role(self) -> Role {
        match self.slot {
            Slot::App(_) => Role::App,
            Slot::Init(_) if is_always(&self.container.restart_policy) == Some(true) => Role::NativeSidecar,
            Slot::Init(_) => Role::Init,
        }
    }

    /// Whether this container, by its own restart policy or else by its Pod's, is expected to end.
    ///
    /// A native sidecar lives as long as its Pod, so there the Pod's policy counts.
    pub fn runs_to_completion(self, pod_runs_forever: bool) -> bool {
        match self.slot {
            Slot::App(_) => !is_always(&self.container.restart_policy).unwrap_or(pod_runs_forever),
            Slot::Init(_) => !pod_runs_forever,
        }
    }
}

impl Container<'_> {
    /// The number of items, as [`ITEMS`](super::ITEMS) counts them.
    pub(super) fn items(&self) -> usize {
        let ports = self.ports.0.iter().filter(|port| port.is_tcp()).count();
        census::CONTAINER + ports + self.env.0.len() + self.volume_mounts.0.len() + self.volume_devices.0.len()
    }
}

/// Whether a restart policy is `Always`; `None` where there is none.
pub(super) fn is_always(policy: &Field<Str<'_>>) -> Option<bool> {
    policy.as_ref().map(|policy| policy.as_str() == "Always")
}
