//! Workloads, and where each keeps the template of its Pods: Kubernetes' own by their kind, all others by their shape.
//!
//! Reads a workload as a Pod is read: borrowed, only what concerns us, and never to write it back.

mod misplaced;
pub mod namespace;
pub mod quota;
mod updated;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::inject::pod::{Annotations, Field, ObjectMeta, Owner, Pod, objects};
use crate::inject::{Reason, Root};
pub use misplaced::{STATUS_IN_MANIFEST, labels_of_pod, without_template};
pub use updated::updated;

/// Every reason that a warning about an object may give, beside those of its Pods.
pub fn reasons() -> impl Iterator<Item = Reason> {
    misplaced::REASONS.into_iter().chain(namespace::REASONS).chain(updated::REASONS).chain(quota::REASONS)
}

/// A kind of workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// `apps`; empty for the core group.
    pub group: &'static str,
    /// `Deployment`
    pub name: &'static str,
    /// Where the template of its Pods is.
    pub template: Root,
}

/// Every kind of Kubernetes' own that has a Pod template.
pub const KINDS: [Kind; 8] = [
    Kind { group: "apps", name: "Deployment", template: Root::PodTemplate },
    Kind { group: "apps", name: "StatefulSet", template: Root::PodTemplate },
    Kind { group: "apps", name: "DaemonSet", template: Root::PodTemplate },
    Kind { group: "apps", name: "ReplicaSet", template: Root::PodTemplate },
    Kind { group: "", name: "ReplicationController", template: Root::PodTemplate },
    Kind { group: "batch", name: "Job", template: Root::PodTemplate },
    Kind { group: "batch", name: "CronJob", template: Root::CronJobTemplate },
    Kind { group: "", name: "PodTemplate", template: Root::TopTemplate },
];

impl Kind {
    /// The kind of this name in this API group, in whatever version: all of them keep the template in the same place.
    pub fn find(group: &str, name: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| (kind.group, kind.name) == (group, name))
    }
}

/// Finds the Pod template of an object: by its kind where that is one of Kubernetes' own, else by its shape.
///
/// Argo's Rollout, OpenShift's DeploymentConfig, Knative's Service and most others keep it at `spec.template` as well.
pub fn template_in(group: &str, kind: &str, object: &Value) -> Option<Root> {
    let own = Kind::find(group, kind).map(|kind| kind.template);
    own.or_else(|| {
        let is_there = |root: &Root| object.pointer(root.pointer()).is_some_and(has_containers);
        [Root::PodTemplate, Root::CronJobTemplate, Root::TopTemplate].into_iter().find(is_there)
    })
}

/// Whether a template is one of Pods: an ExternalSecret, a MachineDeployment and many others have templates of other things.
fn has_containers(template: &Value) -> bool {
    let containers = template.get("spec").and_then(|spec| spec.get("containers")?.as_array());
    let is_container = |container: &Value| {
        ["name", "image"].into_iter().any(|field| container.get(field).is_some_and(Value::is_string))
    };
    containers.is_some_and(|containers| !containers.is_empty() && containers.iter().all(is_container))
}

/// The owner of the Pods that an object of this kind makes by its template: the object itself, or one that it creates
/// for them. None where the template is for others to use.
pub fn owner_of_pods<'a>(group: &'a str, kind: &'a str) -> Option<Owner<'a>> {
    match (group, kind) {
        ("apps", "Deployment") | ("argoproj.io", "Rollout") | ("serving.knative.dev", _) => {
            Some(Owner::new("apps", "ReplicaSet"))
        }
        ("apps.openshift.io", "DeploymentConfig") => Some(Owner::new("", "ReplicationController")),
        ("batch", "CronJob") => Some(Owner::new("batch", "Job")),
        ("", "PodTemplate") => None,
        _ => Some(Owner::new(group, kind)),
    }
}

/// A workload, as far as it is read.
#[derive(Debug)]
pub struct Workload<'a> {
    /// `Deployment`
    kind: &'a str,
    root: Root,
    metadata: Metadata<'a>,
    /// Of a CronJob's Jobs.
    job_metadata: Metadata<'a>,
    template_labels: Field<Keys<'a>>,
    template: Pod<'a>,
}

/// Labels and annotations alike: ours by key, the others passed over.
type Keys<'a> = Annotations<'a>;

#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
struct Metadata<'a> {
    #[serde(borrow, default)]
    annotations: Field<Keys<'a>>,
    #[serde(borrow, default)]
    labels: Field<Keys<'a>>,
}

/// A workload, or one of the templates in it. `null` is missing, as in the API.
#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
struct Object<'a, Spec> {
    #[serde(borrow)]
    metadata: Option<Metadata<'a>>,
    spec: Option<Spec>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
struct Templated<'a> {
    #[serde(borrow)]
    template: Option<Object<'a, Field<&'a RawValue>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
struct Scheduled<'a> {
    #[serde(borrow)]
    job_template: Option<Object<'a, Templated<'a>>>,
}

/// A PodTemplate.
#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
struct Top<'a> {
    #[serde(borrow)]
    metadata: Option<Metadata<'a>>,
    #[serde(borrow)]
    template: Option<Object<'a, Field<&'a RawValue>>>,
}

objects!(Metadata, Object<Spec>, Templated, Scheduled, Top);

impl<'a> Workload<'a> {
    /// Reads the JSON of a workload of this API group and kind, which has its Pod template there.
    ///
    /// # Errors
    /// Text that is not JSON, or in which a field that is read is of another kind than the API's.
    pub fn parse(group: &'a str, kind: &'a str, root: Root, json: &'a str) -> Result<Self, serde_json::Error> {
        let (metadata, job) = match root {
            Root::CronJobTemplate => {
                let object: Object<'a, Scheduled<'a>> = serde_json::from_str(json)?;
                (object.metadata, object.spec.unwrap_or_default().job_template.unwrap_or_default())
            }
            Root::PodTemplate | Root::Pod => {
                let Object { metadata, spec } = serde_json::from_str(json)?;
                (metadata, Object { metadata: None, spec })
            }
            Root::TopTemplate => {
                let Top { metadata, template } = serde_json::from_str(json)?;
                (metadata, Object { metadata: None, spec: Some(Templated { template }) })
            }
        };
        let template = job.spec.unwrap_or_default().template.unwrap_or_default();
        let Metadata { annotations, labels } = template.metadata.unwrap_or_default();
        let of_pods = ObjectMeta { annotations, ..ObjectMeta::default() };
        let spec = template.spec.and_then(|spec| spec.as_ref().copied());
        Ok(Self {
            kind,
            root,
            metadata: metadata.unwrap_or_default(),
            job_metadata: job.metadata.unwrap_or_default(),
            template_labels: labels,
            template: Pod::of_template(of_pods, spec)?.owned_by(owner_of_pods(group, kind)),
        })
    }

    /// Where the template is.
    pub fn root(&self) -> Root {
        self.root
    }

    /// The template, as the Pod that it is for.
    pub fn template(&self) -> &Pod<'a> {
        &self.template
    }
}

#[cfg(test)]
mod tests;
