//! The borrowed view of a Pod: only the fields that podwright reads. One pass skips everything else.
//!
//! It is never written back, because a typed round trip would lose newer fields. It is lenient: a field that is only
//! compared stays raw text, and a value of an unexpected type is not refused.

mod annotations;
mod authored;
mod census;
mod container;
mod extent;
mod fields;
mod gates;
mod json_objects;
mod labels;
mod lenient;
mod node;
mod owner;
mod ports;
mod reading;
mod resources;
mod tally;
mod volumes;
mod workload;

use serde::Deserialize;

use crate::annotation::downward::{Resource, Section};
use crate::annotation::quantity::Quantity;
pub use annotations::{ANNOTATIONS_BYTES, Annotations, LimitRange};
pub use authored::{Authored, AuthoredContainer, AuthoredSpec, ManagedFields};
pub(crate) use census::{Census, is_needed as needs_census};
pub use census::{ITEMS, JSON};
pub use container::{Container, ContainerAt, EnvVar, Lifecycle, Role, Slot};
pub(crate) use extent::Extent;

pub use fields::{Field, List, Scalar, Str};
pub(crate) use json_objects::{FromObject, ObjectVisitor, objects};
pub use labels::Labels;
use lenient::Lenient;
pub use node::NodeSigns;
pub use owner::{Owner, Owners};
pub use ports::ContainerPort;
pub(crate) use reading::Outline;
pub use resources::{Present, Resources};
pub use tally::HasItems;
pub use volumes::{Volume, VolumeDevice, VolumeMount};
pub use workload::{NamedWorkload, WorkloadOfPod};

/// A Pod, or the Pod template of a workload.
#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
pub struct Pod<'a> {
    /// `metadata`
    #[serde(borrow, default)]
    pub metadata: Field<ObjectMeta<'a>>,
    /// `spec`; missing if the Pod [is beyond](Self::is_beyond) the size limits.
    #[serde(borrow, default)]
    pub spec: Field<PodSpec<'a>>,
    /// The length of the Pod as JSON.
    #[serde(skip)]
    pub(crate) extent: Extent<'a>,
    /// The future owner of a template's Pods. It is not in `metadata`, which may be missing.
    #[serde(skip)]
    pub(crate) owner_to_be: Option<Owners<'a>>,
}

/// `metadata`
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct ObjectMeta<'a> {
    /// `metadata.annotations`, reduced to the ones that podwright reads.
    #[serde(borrow, default)]
    pub annotations: Field<Annotations<'a>>,
    /// `metadata.labels`, reduced to the ones that podwright reads; `None` in it for labels that are no map.
    #[serde(borrow, default)]
    labels: Field<Lenient<Option<Labels<'a>>>>,
    /// `metadata.managedFields`, reduced to server-side apply.
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
    /// `Always`, `OnFailure` or `Never`; `Always` if missing.
    #[serde(borrow, default)]
    pub restart_policy: Field<Str<'a>>,
    /// Resources of the Pod as a whole (KEP-2837).
    #[serde(borrow, default)]
    pub resources: Field<Resources<'a>>,
    /// Volumes in the author's order.
    #[serde(borrow, default)]
    pub volumes: List<Volume<'a>>,
    /// Seconds.
    #[serde(borrow, default)]
    pub termination_grace_period_seconds: Field<Scalar<'a>>,
    /// The fields that the author provably wrote.
    #[serde(skip)]
    pub authored: AuthoredSpec,
    /// `true` if the Pod uses its host's network.
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

objects!(Pod, ObjectMeta, PodSpec);

impl<'a> ObjectMeta<'a> {
    /// Makes the metadata of a Pod template.
    pub(crate) fn of_template(annotations: Field<Annotations<'a>>, labels: Labels<'a>) -> Self {
        Self { annotations, labels: Field::Present(Lenient(Some(labels))), ..Self::default() }
    }
}

impl<'a> Pod<'a> {
    /// Returns the number of items, as [`ITEMS`] counts them.
    pub fn items(&self) -> usize {
        let ours = self.annotations().map_or(0, |annotations| annotations.ours().count());
        let containers: usize = self.containers().map(|it| it.container.items()).sum();
        ours + containers + self.volumes().len()
    }

    /// Returns all containers except ephemeral ones: the app containers, then the init containers.
    pub fn containers(&self) -> impl Iterator<Item = ContainerAt<'_>> {
        let spec = self.spec.as_ref();
        let apps = spec.into_iter().flat_map(|spec| spec.containers.0.iter().enumerate());
        let inits = spec.into_iter().flat_map(|spec| spec.init_containers.0.iter().enumerate());
        let apps = apps.map(|(n, container)| ContainerAt { slot: Slot::App(n), container });
        apps.chain(inits.map(|(n, container)| ContainerAt { slot: Slot::Init(n), container }))
    }

    /// Returns the container at `slot`.
    pub fn container(&self, slot: Slot) -> Option<&Container<'a>> {
        let spec = self.spec.as_ref()?;
        match slot {
            Slot::App(n) => spec.containers.0.get(n),
            Slot::Init(n) => spec.init_containers.0.get(n),
        }
    }

    /// Returns `metadata.annotations`, if any.
    pub fn annotations(&self) -> Option<&Annotations<'a>> {
        self.metadata.as_ref()?.annotations.as_ref()
    }

    /// Returns whether the Pod has labels, and whether it could get the label [`INJECTED`](crate::annotation::INJECTED):
    /// `None` if it has that label, or if its labels are no map.
    pub fn labels_without_ours(&self) -> Option<bool> {
        let Some(labels) = self.metadata.as_ref().and_then(|metadata| metadata.labels.as_ref()) else {
            return Some(false);
        };
        let labels = labels.0.as_ref()?;
        (!labels.injected).then_some(true)
    }

    /// Returns the labels that podwright reads.
    pub fn labels(&self) -> Option<&Labels<'a>> {
        self.metadata.as_ref()?.labels.as_ref()?.0.as_ref()
    }

    /// Returns the controller that owns the Pod, if any.
    pub fn owner(&self) -> Option<&Owner<'a>> {
        let owners = self.owner_to_be.as_ref().or_else(|| self.metadata.as_ref()?.owners.as_ref());
        owners?.0.as_ref()
    }

    /// Sets the future owner of a template's Pods.
    #[must_use]
    pub fn owned_by(self, owner: Option<Owner<'a>>) -> Self {
        Self { owner_to_be: Some(Owners(owner)), ..self }
    }

    /// Returns whether the Pod uses its host's network.
    pub fn uses_host_network(&self) -> bool {
        let flag = self.spec.as_ref().and_then(|spec| spec.host_network.as_ref());
        flag.is_some_and(|flag| flag.text() == "true")
    }

    /// Returns the amount that the kubelet reports to a container, if the Pod shows it.
    ///
    /// A limit also counts as a missing request, as the API server copies it (`SetDefaults_Pod`). The Pod's own limit
    /// counts if the container has none (`defaultPodLimitsForDownwardAPI`, KEP-2837). A limit of zero counts as none.
    pub fn amount(&self, container: &Container<'_>, section: Section, resource: Resource) -> Option<Quantity> {
        let own = |section| container.resources.as_ref()?.get(section, resource)?.quantity();
        let limit = |amount: Option<Quantity>| amount.filter(|amount| !amount.is_zero());
        let pods_limit = || self.spec.as_ref()?.resources.as_ref()?.get(Section::Limits, resource)?.quantity();
        match section {
            Section::Limits => limit(own(Section::Limits)).or_else(|| limit(pods_limit())),
            Section::Requests => own(Section::Requests).or_else(|| own(Section::Limits)),
        }
    }

    /// Collects the signs of the node that the Pod is for.
    pub fn node(&self) -> NodeSigns {
        let Some(spec) = self.spec.as_ref() else { return NodeSigns::default() };
        let by_labels = spec.os.0.0.and(spec.node_selector.0.0).and(spec.affinity.0.0);
        by_labels.and(spec.tolerations.0.0)
    }

    /// Returns whether a load balancer decides on the Pod's readiness, in addition to the kubelet.
    pub fn awaits_load_balancer(&self) -> bool {
        self.spec.as_ref().is_some_and(|spec| spec.readiness_gates.0.0)
    }

    /// Returns the fields of `spec` that the author provably wrote.
    pub fn authored(&self) -> AuthoredSpec {
        self.spec.as_ref().map(|spec| spec.authored).unwrap_or_default()
    }

    /// Returns the Pod's volumes.
    pub fn volumes(&self) -> &[Volume<'a>] {
        self.spec.as_ref().map_or(&[], |spec| &spec.volumes.0)
    }

    /// Returns whether the kubelet restarts the Pod's containers without end. In Jobs it does not.
    pub fn runs_forever(&self) -> bool {
        self.spec.as_ref().and_then(|spec| container::is_always(&spec.restart_policy)).unwrap_or(true)
    }
}

#[cfg(test)]
mod tests;
