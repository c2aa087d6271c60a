//! The kinds of workloads, and where each keeps the template of its Pods.
//!
//! Reads a workload as a Pod is read: borrowed, only what concerns us, and never to write it back.

mod misplaced;

use serde::Deserialize;

use crate::inject::Root;
use crate::inject::pod::{Annotations, Extent, Field, ObjectMeta, Owner, Pod, PodSpec, objects};
pub use misplaced::REASONS;

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

/// Every kind of Kubernetes' own that makes Pods by a template.
pub const KINDS: [Kind; 7] = [
    Kind { group: "apps", name: "Deployment", template: Root::PodTemplate },
    Kind { group: "apps", name: "StatefulSet", template: Root::PodTemplate },
    Kind { group: "apps", name: "DaemonSet", template: Root::PodTemplate },
    Kind { group: "apps", name: "ReplicaSet", template: Root::PodTemplate },
    Kind { group: "", name: "ReplicationController", template: Root::PodTemplate },
    Kind { group: "batch", name: "Job", template: Root::PodTemplate },
    Kind { group: "batch", name: "CronJob", template: Root::CronJobTemplate },
];

impl Kind {
    /// The kind of this name in this API group, in whatever version: all of them keep the template in the same place.
    pub fn find(group: &str, name: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| (kind.group, kind.name) == (group, name))
    }

    /// The template's place as people write it: `spec.template`.
    pub fn template_path(self) -> String {
        self.template.pointer().trim_start_matches('/').replace('/', ".")
    }
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
    kind: Kind,
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
    template: Option<Object<'a, PodSpec<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
struct Scheduled<'a> {
    #[serde(borrow)]
    job_template: Option<Object<'a, Templated<'a>>>,
}

objects!(Metadata, Object<Spec>, Templated, Scheduled);

impl<'a> Workload<'a> {
    /// Reads a workload's JSON.
    ///
    /// # Errors
    /// Text that is not JSON, or in which a field that is read is of another kind than the API's.
    pub fn parse(kind: Kind, json: &'a str) -> Result<Self, serde_json::Error> {
        let (metadata, job) = match kind.template {
            Root::CronJobTemplate => {
                let object: Object<'a, Scheduled<'a>> = serde_json::from_str(json)?;
                (object.metadata, object.spec.unwrap_or_default().job_template.unwrap_or_default())
            }
            Root::PodTemplate | Root::Pod => {
                let Object { metadata, spec } = serde_json::from_str(json)?;
                (metadata, Object { metadata: None, spec })
            }
        };
        let template = job.spec.unwrap_or_default().template.unwrap_or_default();
        let Metadata { annotations, labels } = template.metadata.unwrap_or_default();
        let of_pods = ObjectMeta { annotations, ..ObjectMeta::default() };
        let spec = template.spec.map_or(Field::Missing, Field::Present);
        Ok(Self {
            kind,
            metadata: metadata.unwrap_or_default(),
            job_metadata: job.metadata.unwrap_or_default(),
            template_labels: labels,
            template: Pod { metadata: Field::Present(of_pods), spec, extent: Extent::Bytes(json.len()) }
                .owned_by(owner_of_pods(kind.group, kind.name)),
        })
    }

    /// The template, as the Pod that it is for.
    pub fn template(&self) -> &Pod<'a> {
        &self.template
    }
}

#[cfg(test)]
mod tests;
