//! Kinds of workloads, and the place of the Pod template in an object.

use serde_json::Value;

use crate::inject::Root;
use crate::inject::pod::Owner;

/// A kind of workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkloadKind {
    /// `apps`; empty for the core group.
    pub group: &'static str,
    /// `Deployment`
    pub name: &'static str,
    /// The place of its Pod template.
    pub template: Root,
}

/// Kubernetes' own kinds with a Pod template.
pub const KINDS: [WorkloadKind; 8] = [
    WorkloadKind { group: "apps", name: "Deployment", template: Root::PodTemplate },
    WorkloadKind { group: "apps", name: "StatefulSet", template: Root::PodTemplate },
    WorkloadKind { group: "apps", name: "DaemonSet", template: Root::PodTemplate },
    WorkloadKind { group: "apps", name: "ReplicaSet", template: Root::PodTemplate },
    WorkloadKind { group: "", name: "ReplicationController", template: Root::PodTemplate },
    WorkloadKind { group: "batch", name: "Job", template: Root::PodTemplate },
    WorkloadKind { group: "batch", name: "CronJob", template: Root::CronJobTemplate },
    WorkloadKind { group: "", name: "PodTemplate", template: Root::TopTemplate },
];

impl WorkloadKind {
    /// Finds a kind by its API group and name. The version does not matter: the template's place is the same in all.
    pub fn find(group: &str, name: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| (kind.group, kind.name) == (group, name))
    }
}

/// Finds the Pod template of an object: by name for Kubernetes' own kinds, by shape for all others.
///
/// Argo's Rollout, OpenShift's DeploymentConfig, Knative's Service and most other kinds have it at `spec.template`.
pub fn template_in(group: &str, kind: &str, object: &Value) -> Option<Root> {
    let own = WorkloadKind::find(group, kind).map(|kind| kind.template);
    own.or_else(|| {
        let is_there = |root: &Root| object.pointer(root.pointer()).is_some_and(has_containers);
        [Root::PodTemplate, Root::CronJobTemplate, Root::TopTemplate].into_iter().find(is_there)
    })
}

/// Returns whether a template has containers. ExternalSecret, MachineDeployment and many other kinds have templates of
/// other objects.
fn has_containers(template: &Value) -> bool {
    let containers = template.get("spec").and_then(|spec| spec.get("containers")?.as_array());
    let is_container = |container: &Value| {
        ["name", "image"].into_iter().any(|field| container.get(field).is_some_and(Value::is_string))
    };
    containers.is_some_and(|containers| !containers.is_empty() && containers.iter().all(is_container))
}

/// An object with a Pod template.
#[derive(Clone, Copy, Debug)]
pub struct TemplateObject<'a> {
    /// `apps`; empty for the core group.
    pub group: &'a str,
    /// `Deployment`
    pub kind: &'a str,
    /// `metadata.name`; empty if it is missing.
    pub name: &'a str,
}

/// Returns the owner of the Pods from this object's template: the object, or one that it creates for them. A PodTemplate
/// has none.
pub fn owner_of_pods(object: TemplateObject<'_>) -> Option<Owner<'_>> {
    let TemplateObject { group, kind, name } = object;
    match (group, kind) {
        ("apps", "Deployment") => Some(Owner::new("apps", "ReplicaSet").created_by("Deployment", name)),
        ("argoproj.io", "Rollout") | ("serving.knative.dev", _) => Some(Owner::new("apps", "ReplicaSet")),
        ("apps.openshift.io", "DeploymentConfig") => Some(Owner::new("", "ReplicationController")),
        ("batch", "CronJob") => Some(Owner::new("batch", "Job").created_by("CronJob", name)),
        ("", "PodTemplate") => None,
        _ => Some(Owner::new(group, kind).named(name)),
    }
}
