//! The borrowed view of a workload: its Pod template, and podwright's keys everywhere else.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::owner_of_pods;
use crate::inject::Root;
use crate::inject::pod::{Annotations, Field, ObjectMeta, Pod, objects};

/// A workload, as far as it is read.
#[derive(Debug)]
pub struct Workload<'a> {
    /// `Deployment`
    pub(super) kind: &'a str,
    pub(super) root: Root,
    pub(super) metadata: OwnMetadata<'a>,
    /// Of a CronJob's Jobs.
    pub(super) job_metadata: OwnMetadata<'a>,
    pub(super) template_labels: Field<Keys<'a>>,
    pub(super) template: Pod<'a>,
}

/// Labels and annotations alike: ours by key, the others passed over.
pub(super) type Keys<'a> = Annotations<'a>;

/// `metadata`: podwright's keys in it.
#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
pub(super) struct OwnMetadata<'a> {
    #[serde(borrow, default)]
    pub(super) annotations: Field<Keys<'a>>,
    #[serde(borrow, default)]
    pub(super) labels: Field<Keys<'a>>,
}

/// A workload, or one of the templates in it. `null` is missing, as in the API.
#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
struct WithTemplate<'a, Spec> {
    #[serde(borrow)]
    metadata: Option<OwnMetadata<'a>>,
    spec: Option<Spec>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
struct Templated<'a> {
    #[serde(borrow)]
    template: Option<WithTemplate<'a, Field<&'a RawValue>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
struct Scheduled<'a> {
    #[serde(borrow)]
    job_template: Option<WithTemplate<'a, Templated<'a>>>,
}

/// A PodTemplate.
#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
struct PodTemplateObject<'a> {
    #[serde(borrow)]
    metadata: Option<OwnMetadata<'a>>,
    #[serde(borrow)]
    template: Option<WithTemplate<'a, Field<&'a RawValue>>>,
}

objects!(OwnMetadata, WithTemplate<Spec>, Templated, Scheduled, PodTemplateObject);

impl<'a> Workload<'a> {
    /// Reads the JSON of a workload of this API group and kind, which has its Pod template there.
    ///
    /// # Errors
    /// Text that is not JSON, or in which a field that is read is of another kind than the API's.
    pub fn parse(group: &'a str, kind: &'a str, root: Root, json: &'a str) -> Result<Self, serde_json::Error> {
        let (metadata, job) = match root {
            Root::CronJobTemplate => {
                let object: WithTemplate<'a, Scheduled<'a>> = serde_json::from_str(json)?;
                (object.metadata, object.spec.unwrap_or_default().job_template.unwrap_or_default())
            }
            Root::PodTemplate | Root::Pod => {
                let WithTemplate { metadata, spec } = serde_json::from_str(json)?;
                (metadata, WithTemplate { metadata: None, spec })
            }
            Root::TopTemplate => {
                let PodTemplateObject { metadata, template } = serde_json::from_str(json)?;
                (metadata, WithTemplate { metadata: None, spec: Some(Templated { template }) })
            }
        };
        let template = job.spec.unwrap_or_default().template.unwrap_or_default();
        let OwnMetadata { annotations, labels } = template.metadata.unwrap_or_default();
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

    /// The place of the template.
    pub fn root(&self) -> Root {
        self.root
    }

    /// The template, as the Pod that it is for.
    pub fn template(&self) -> &Pod<'a> {
        &self.template
    }
}
