//! podwright's keys without effect: on a workload instead of its Pod template, on objects without a template, and as
//! labels instead of annotations.
//!
//! Each place gets one warning with all its keys.

use std::collections::HashSet;

use serde::Deserialize;

use super::view::{Keys, OwnMetadata, Workload};
use crate::annotation::{INJECTED, STATUS};
use crate::inject::pod::{Field, objects};
use crate::inject::{Reason, warnings};
use crate::text::shorten;

const ON_THE_WORKLOAD: Reason = Reason {
    code: "OnTheWorkload",
    sentence: "podwright does not read annotations of the workload itself",
    remedy: "Move the annotation to the Pod template: spec.template.metadata.annotations.",
};
const LABEL_NOT_ANNOTATION: Reason = Reason {
    code: "LabelNotAnnotation",
    sentence: "podwright reads labels of Namespaces only",
    remedy: "Use an annotation of the Pod template instead. The labels podwright.dev/inject and podwright.dev/profile are for Namespaces.",
};

const NO_POD_TEMPLATE: Reason = Reason {
    code: "NoPodTemplate",
    sentence: "podwright reads only Pods and Pod templates, and this object has none",
    remedy: "Move the annotation to the Pod template of the workload. Ignore this warning if a controller copies it to its Pods.",
};

/// The reason for a manifest with podwright's status annotation, such as one copied from a cluster.
pub const STATUS_IN_MANIFEST: Reason = Reason {
    code: "StatusInManifest",
    sentence: "podwright writes this annotation itself, so it has no effect in a manifest; remove it",
    remedy: "Remove the annotation. podwright writes it when the Pod is created.",
};

/// Every reason that this module gives.
pub(super) const REASONS: [Reason; 4] = [ON_THE_WORKLOAD, LABEL_NOT_ANNOTATION, NO_POD_TEMPLATE, STATUS_IN_MANIFEST];

/// The most keys in one warning. Long keys leave room for fewer.
const NAMED: usize = 8;

impl Workload<'_> {
    /// Returns warnings about podwright's keys without effect: one for each place.
    ///
    /// Skips the status annotation, which is podwright's own output. Also skips labels that the template has: the API
    /// server copies them to a ReplicationController or a Job without labels.
    pub fn misplaced(&self) -> Vec<String> {
        let Self { kind, root, metadata, job_metadata, template_labels, .. } = self;
        let (name, template) = (shorten(kind), root.path());
        let labels: Vec<&str> = keys(template_labels).collect();
        let templates: HashSet<&str> = labels.iter().copied().collect();
        let only = |labels| keys(labels).filter(|key| !templates.contains(key)).collect();
        let places = [
            (ON_THE_WORKLOAD, format!("metadata.annotations of the {name}"), keys(&metadata.annotations).collect()),
            (
                ON_THE_WORKLOAD,
                "spec.jobTemplate.metadata.annotations".into(),
                keys(&job_metadata.annotations).collect(),
            ),
            (LABEL_NOT_ANNOTATION, format!("metadata.labels of the {name}"), only(&metadata.labels.keys)),
            (LABEL_NOT_ANNOTATION, "spec.jobTemplate.metadata.labels".into(), only(&job_metadata.labels.keys)),
            (LABEL_NOT_ANNOTATION, format!("{template}.metadata.labels"), labels),
        ];
        let said = |(reason, place, keys): (Reason, String, Vec<&str>)| {
            let tail = format!(" in {place}: {}. Use {template}.metadata.annotations instead.", reason.sentence);
            warning(&keys, &tail, reason)
        };
        places.into_iter().filter(|(_, _, keys)| !keys.is_empty()).map(said).collect()
    }
}

/// An object with only its metadata.
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(super) struct MetadataOnly<'a> {
    #[serde(borrow)]
    pub(super) metadata: Option<OwnMetadata<'a>>,
}

objects!(MetadataOnly);

/// Returns warnings about podwright's keys on an object without a Pod template: one for each place.
///
/// # Errors
/// The metadata has another shape than in the API.
pub fn without_template(kind: &str, json: &str) -> Result<Vec<String>, serde_json::Error> {
    let OwnMetadata { annotations, labels, .. } =
        serde_json::from_str::<MetadataOnly<'_>>(json)?.metadata.unwrap_or_default();
    let said = |(map, field): (&Field<Keys<'_>>, &str)| {
        let keys: Vec<&str> = keys(map).collect();
        let reason = NO_POD_TEMPLATE.sentence;
        let tail = format!(" in metadata.{field} of the {}: {reason}. Annotate the Pod template.", shorten(kind));
        (!keys.is_empty()).then(|| warning(&keys, &tail, NO_POD_TEMPLATE))
    };
    Ok([(&annotations, "annotations"), (&labels.keys, "labels")].into_iter().filter_map(said).collect())
}

/// Returns the warning about podwright's keys among a Pod's labels.
pub(super) fn on_a_pod(labels: &[&str]) -> Option<String> {
    let reason = LABEL_NOT_ANNOTATION.sentence;
    let tail = format!(" in metadata.labels of the Pod: {reason}. Use an annotation of the Pod instead.");
    (!labels.is_empty()).then(|| warning(labels, &tail, LABEL_NOT_ANNOTATION))
}

/// Returns warnings about podwright's keys among a Pod's labels.
///
/// # Errors
/// The metadata has another shape than in the API.
pub fn labels_of_pod(json: &str) -> Result<Vec<String>, serde_json::Error> {
    let OwnMetadata { labels, .. } = serde_json::from_str::<MetadataOnly<'_>>(json)?.metadata.unwrap_or_default();
    Ok(on_a_pod(&keys(&labels.keys).collect::<Vec<_>>()).into_iter().collect())
}

/// Joins the keys and the text about them, within the length of a warning.
pub(super) fn warning(keys: &[&str], tail: &str, reason: Reason) -> String {
    let room = warnings::CHARACTERS.saturating_sub(warnings::bounded(tail, reason).chars().count());
    warnings::bounded(&format!("{}{tail}", listed(keys, room)), reason)
}

fn keys<'m>(map: &'m Field<Keys<'_>>) -> impl Iterator<Item = &'m str> {
    map.as_ref().into_iter().flat_map(Keys::ours).map(|(key, _)| key).filter(|key| ![STATUS, INJECTED].contains(key))
}

/// Lists the keys within `room` characters: `podwright.dev/inject, podwright.dev/profile and 3 more`.
fn listed(keys: &[&str], room: usize) -> String {
    let first: Vec<String> = keys.iter().take(NAMED).map(|key| shorten(key)).collect();
    let listed = |shown: usize| {
        let names = first.iter().take(shown).map(String::as_str).collect::<Vec<_>>().join(", ");
        if shown < keys.len() { format!("{names} and {} more", keys.len() - shown) } else { names }
    };
    let counted = || format!("{} key{}", keys.len(), if keys.len() == 1 { "" } else { "s" });
    (1..=first.len()).rev().map(listed).find(|listed| listed.chars().count() <= room).unwrap_or_else(counted)
}
