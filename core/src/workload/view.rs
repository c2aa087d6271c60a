//! The borrowed view of a workload: its Pod template, and podwright's keys outside of it.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{TemplateObject, owner_of_pods};
use crate::inject::Root;
use crate::inject::pod::{Annotations, Field, Labels, ObjectMeta, Pod, Scalar, objects};

/// The parts of a workload that podwright reads.
#[derive(Debug)]
pub struct Workload<'a> {
    /// `Deployment`
    pub(super) kind: &'a str,
    pub(super) root: Root,
    pub(super) metadata: OwnMetadata<'a>,
    /// The metadata of a CronJob's Jobs.
    pub(super) job_metadata: OwnMetadata<'a>,
    pub(super) template_labels: Field<Keys<'a>>,
    pub(super) template: Pod<'a>,
}

/// podwright's keys in a map of labels or annotations. Foreign keys are skipped.
pub(super) type Keys<'a> = Annotations<'a>;

/// The `metadata` of an object: podwright's keys in it.
#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
pub(super) struct OwnMetadata<'a> {
    #[serde(borrow, default)]
    pub(super) annotations: Field<Keys<'a>>,
    #[serde(borrow, default)]
    pub(super) labels: OwnLabels<'a>,
    #[serde(borrow, default)]
    name: Field<Scalar<'a>>,
}

/// The `metadata.labels` of an object.
#[derive(Debug, Default)]
pub(super) struct OwnLabels<'a> {
    /// podwright's keys.
    pub(super) keys: Field<Keys<'a>>,
    /// The labels that podwright reads in a template.
    read: Labels<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for OwnLabels<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let labels = <&'a RawValue>::deserialize(deserializer)?.get();
        let keys = serde_json::from_str(labels).map_err(serde::de::Error::custom)?;
        Ok(Self { keys, read: serde_json::from_str(labels).unwrap_or_default() })
    }
}

/// A workload, or one of the templates in it. `null` means absent, as in the API.
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
    /// Parses the JSON of a workload of this API group and kind, with its Pod template at `root`.
    ///
    /// # Errors
    /// The text is not JSON, or a field has another type than in the API.
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
        let OwnMetadata { annotations, labels, .. } = template.metadata.unwrap_or_default();
        let of_pods = ObjectMeta::of_template(annotations, labels.read);
        let metadata = metadata.unwrap_or_default();
        let name = metadata.name.as_ref().map_or("", |name| name.text());
        let spec = template.spec.and_then(|spec| spec.as_ref().copied());
        Ok(Self {
            kind,
            root,
            metadata,
            job_metadata: job.metadata.unwrap_or_default(),
            template_labels: labels.keys,
            template: Pod::of_template(of_pods, spec)?.owned_by(owner_of_pods(TemplateObject { group, kind, name })),
        })
    }

    /// Returns the place of the Pod template.
    pub fn root(&self) -> Root {
        self.root
    }

    /// Returns the Pod template as a Pod.
    pub fn template(&self) -> &Pod<'a> {
        &self.template
    }
}
