//! The borrowed view of a Pod: only the fields that are read, everything else skipped in one pass.
//!
//! Never written back (a typed round trip would lose fields newer than ours), and lenient in what is not ours: a value
//! of an unexpected kind in a field that is merely compared is kept as raw text, and refuses nothing.

mod annotations;
mod authored;
mod census;
mod extent;
mod gates;
mod lenient;
mod node;
mod objects;
mod owner;
mod ports;
mod reading;
mod resources;
mod scalars;
mod volumes;

use k8s_openapi::api::core::v1::LifecycleHandler;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::annotation::downward::{Resource, Section};
use crate::annotation::quantity::Quantity;
pub use annotations::{ANNOTATIONS_BYTES, Annotations, LimitRange};
pub use authored::{Authored, AuthoredContainer, AuthoredSpec, ManagedFields};
pub(crate) use census::{Census, is_needed as needs_census};
pub use census::{ITEMS, JSON};
pub(crate) use extent::{Extent, Outline};

use lenient::Lenient;
pub use node::Node;
pub(crate) use objects::{Members, Object, objects};
pub use owner::{Owner, Owners};
pub use ports::ContainerPort;
pub use resources::{Present, Resources};
pub use scalars::{Field, HasItems, List, Scalar, Str};
pub use volumes::{Volume, VolumeDevice, VolumeMount};

/// A Pod, or the Pod template of a workload.
#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
pub struct Pod<'a> {
    /// `metadata`
    #[serde(borrow, default)]
    pub metadata: Field<ObjectMeta<'a>>,
    /// `spec`; missing where the Pod [is beyond](Self::is_beyond) what is read.
    #[serde(borrow, default)]
    pub spec: Field<PodSpec<'a>>,
    /// How long the Pod is as JSON.
    #[serde(skip)]
    pub(crate) extent: Extent<'a>,
    /// The owner that the Pods of a template are going to have. Not in `metadata`, which may be missing.
    #[serde(skip)]
    pub(crate) owner_to_be: Option<Owners<'a>>,
}

/// `metadata`
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct ObjectMeta<'a> {
    /// `metadata.annotations`, those of them that concern us.
    #[serde(borrow, default)]
    pub annotations: Field<Annotations<'a>>,
    /// `metadata.managedFields`, those of server-side apply.
    #[serde(borrow, default)]
    pub managed_fields: ManagedFields<'a>,
    /// The controller among `metadata.ownerReferences`.
    #[serde(borrow, default, rename = "ownerReferences")]
    pub owners: Field<Owners<'a>>,
}

/// `spec`
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct PodSpec<'a> {
    #[serde(borrow, default)]
    containers: List<Container<'a>>,
    #[serde(borrow, default)]
    init_containers: List<Container<'a>>,
    /// `Always`, `OnFailure` or `Never`; `Always` where missing.
    #[serde(borrow, default)]
    pub restart_policy: Field<Str<'a>>,
    /// Of the Pod as a whole (KEP-2837).
    #[serde(borrow, default)]
    pub resources: Field<Resources<'a>>,
    /// In the author's order.
    #[serde(borrow, default)]
    pub volumes: List<Volume<'a>>,
    /// Seconds.
    #[serde(borrow, default)]
    pub termination_grace_period_seconds: Field<Scalar<'a>>,
    /// What the author's manifest is known to have.
    #[serde(skip)]
    pub authored: AuthoredSpec,
    /// `true` where the Pod uses the network of its host.
    #[serde(borrow, default)]
    pub host_network: Field<Scalar<'a>>,
    #[serde(default)]
    os: Lenient<node::Os>,
    #[serde(default)]
    node_selector: Lenient<node::Selector>,
    #[serde(default)]
    tolerations: Lenient<node::Tolerations>,
    #[serde(default)]
    affinity: Lenient<node::Affinity>,
    #[serde(default)]
    readiness_gates: Lenient<gates::Gates>,
}

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
    /// What the author's manifest is known to have.
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

objects!(Pod, ObjectMeta, PodSpec, Container, EnvVar, Lifecycle);

/// What a container is for: decides which features may touch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// One of `containers`.
    App,
    /// One of `initContainers` with `restartPolicy: Always`: runs as long as the app containers do.
    NativeSidecar,
    /// Any other of `initContainers`: runs to its end before them.
    Init,
}

/// Where a container stands in the Pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// `spec.containers[n]`
    App(usize),
    /// `spec.initContainers[n]`
    Init(usize),
}

impl<'a> Pod<'a> {
    /// The number of items, as [`ITEMS`] counts them.
    pub fn items(&self) -> usize {
        let ours = self.annotations().map_or(0, |annotations| annotations.ours().count());
        let containers: usize = self.containers().map(|(_, container)| container.items()).sum();
        ours + containers + self.volumes().len()
    }

    /// All containers but ephemeral ones: the app containers, then the init containers.
    pub fn containers(&self) -> impl Iterator<Item = (Slot, &Container<'a>)> {
        let spec = self.spec.as_ref();
        let apps = spec.into_iter().flat_map(|spec| spec.containers.0.iter().enumerate());
        let inits = spec.into_iter().flat_map(|spec| spec.init_containers.0.iter().enumerate());
        apps.map(|(n, container)| (Slot::App(n), container)).chain(inits.map(|(n, c)| (Slot::Init(n), c)))
    }

    /// The container at `slot`.
    pub fn container(&self, slot: Slot) -> Option<&Container<'a>> {
        let spec = self.spec.as_ref()?;
        match slot {
            Slot::App(n) => spec.containers.0.get(n),
            Slot::Init(n) => spec.init_containers.0.get(n),
        }
    }

    /// `metadata.annotations`, where there are any.
    pub fn annotations(&self) -> Option<&Annotations<'a>> {
        self.metadata.as_ref()?.annotations.as_ref()
    }

    /// The controller that owns the Pod, where there is one.
    pub fn owner(&self) -> Option<&Owner<'a>> {
        let owners = self.owner_to_be.as_ref().or_else(|| self.metadata.as_ref()?.owners.as_ref());
        owners?.0.as_ref()
    }

    /// The Pod template with the owner that its Pods are going to have.
    #[must_use]
    pub fn owned_by(self, owner: Option<Owner<'a>>) -> Self {
        Self { owner_to_be: Some(Owners(owner)), ..self }
    }

    /// Whether the Pod uses the network of its host.
    pub fn uses_host_network(&self) -> bool {
        let flag = self.spec.as_ref().and_then(|spec| spec.host_network.as_ref());
        flag.is_some_and(|flag| flag.text() == "true")
    }

    /// The amount that the kubelet will report to one of the containers, where the Pod says it.
    ///
    /// A limit counts as the request too where there is none, as the API server copies it (`SetDefaults_Pod`); the Pod's
    /// own limit counts where the container has none (`defaultPodLimitsForDownwardAPI`, KEP-2837). A limit of zero is none.
    pub fn amount(&self, container: &Container<'_>, section: Section, resource: Resource) -> Option<Quantity> {
        let own = |section| container.resources.as_ref()?.get(section, resource)?.quantity();
        let limit = |amount: Option<Quantity>| amount.filter(|amount| !amount.is_zero());
        let pods_limit = || self.spec.as_ref()?.resources.as_ref()?.get(Section::Limits, resource)?.quantity();
        match section {
            Section::Limits => limit(own(Section::Limits)).or_else(|| limit(pods_limit())),
            Section::Requests => own(Section::Requests).or_else(|| own(Section::Limits)),
        }
    }

    /// What the author's manifest is known to have in `spec`.
    pub fn authored(&self) -> AuthoredSpec {
        self.spec.as_ref().map(|spec| spec.authored).unwrap_or_default()
    }

    /// The Pod's volumes.
    pub fn volumes(&self) -> &[Volume<'a>] {
        self.spec.as_ref().map_or(&[], |spec| &spec.volumes.0)
    }

    /// Whether the Pod's containers are started again for ever; Jobs' are not.
    pub fn runs_forever(&self) -> bool {
        is_always(self.spec.as_ref().map(|spec| &spec.restart_policy)).unwrap_or(true)
    }
}

impl Container<'_> {
    fn items(&self) -> usize {
        let ports = self.ports.0.iter().filter(|port| port.is_tcp()).count();
        census::CONTAINER + ports + self.env.0.len() + self.volume_mounts.0.len() + self.volume_devices.0.len()
    }

    /// What this container is for, given where it stands.
    pub fn role(&self, slot: Slot) -> Role {
        match slot {
            Slot::App(_) => Role::App,
            Slot::Init(_) if is_always(Some(&self.restart_policy)) == Some(true) => Role::NativeSidecar,
            Slot::Init(_) => Role::Init,
        }
    }

    /// Whether this container, by its own restart policy or else by its Pod's, is expected to end.
    ///
    /// A native sidecar lives as long as its Pod, so there the Pod's policy counts.
    pub fn runs_to_completion(&self, slot: Slot, pod: &Pod<'_>) -> bool {
        match slot {
            Slot::App(_) => !is_always(Some(&self.restart_policy)).unwrap_or_else(|| pod.runs_forever()),
            Slot::Init(_) => !pod.runs_forever(),
        }
    }
}

impl Lifecycle<'_> {
    /// How long the hooks that are there sleep, in seconds, `preStop` first; hooks of other kinds do not.
    pub fn sleeps(&self) -> impl Iterator<Item = i64> {
        [&self.pre_stop, &self.post_start].into_iter().filter_map(|hook| sleep(hook.as_ref()?))
    }
}

/// The seconds of a hook that sleeps.
pub fn sleep(hook: &RawValue) -> Option<i64> {
    let handler: LifecycleHandler = super::defaulting::decoded(hook)?;
    handler.sleep.map(|sleep| sleep.seconds)
}

fn is_always(policy: Option<&Field<Str<'_>>>) -> Option<bool> {
    policy?.as_ref().map(|policy| policy.as_str() == "Always")
}

#[cfg(test)]
mod tests;
