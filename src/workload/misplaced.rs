//! Our keys where nobody reads them: on the workload instead of its Pod template, and as labels instead of annotations.
//!
//! Nothing comes of them, in silence; so they are pointed out. Each place earns one warning, however many keys it has.

use std::collections::HashSet;

use super::{Keys, Workload};
use crate::annotation::{STATUS, fault::shorten};
use crate::inject::pod::Field;
use crate::inject::{Reason, warnings};

const ON_THE_WORKLOAD: Reason = Reason {
    code: "OnTheWorkload",
    sentence: "it does nothing on a workload itself; expected an annotation of the Pod template",
    remedy: "Move the annotation to the Pod template: spec.template.metadata.annotations.",
};
const LABEL_NOT_ANNOTATION: Reason = Reason {
    code: "LabelNotAnnotation",
    sentence: "labels count on Namespaces only; expected an annotation of the Pod template",
    remedy: "Make it an annotation. The label podwright.dev/inject is for Namespaces.",
};

/// Every reason that is given here.
pub const REASONS: [Reason; 2] = [ON_THE_WORKLOAD, LABEL_NOT_ANNOTATION];

/// The most keys that are named in one warning; fewer where they are long.
const NAMED: usize = 8;

impl Workload<'_> {
    /// What of ours stands where it does nothing: a warning for each place.
    ///
    /// The status is passed over: it is our own report, and nobody waits for it to do anything. So are labels that the
    /// template has as well: the API server gives a ReplicationController and a Job without labels those of the template.
    pub fn misplaced(&self) -> Vec<String> {
        let Self { kind, metadata, job_metadata, template_labels, .. } = self;
        let (name, template) = (kind.name, kind.template_path());
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
            (LABEL_NOT_ANNOTATION, format!("metadata.labels of the {name}"), only(&metadata.labels)),
            (LABEL_NOT_ANNOTATION, "spec.jobTemplate.metadata.labels".into(), only(&job_metadata.labels)),
            (LABEL_NOT_ANNOTATION, format!("{template}.metadata.labels"), labels),
        ];
        let said = |(reason, place, keys): (Reason, String, Vec<&str>)| {
            let tail = format!(" in {place}: {}, in {template}.metadata.annotations", reason.sentence);
            let room = warnings::CHARACTERS.saturating_sub(warnings::bounded(&tail, reason).chars().count());
            warnings::bounded(&format!("{}{tail}", listed(&keys, room)), reason)
        };
        places.into_iter().filter(|(_, _, keys)| !keys.is_empty()).map(said).collect()
    }
}

fn keys<'m>(map: &'m Field<Keys<'_>>) -> impl Iterator<Item = &'m str> {
    map.as_ref().into_iter().flat_map(Keys::ours).map(|(key, _)| key).filter(|key| *key != STATUS)
}

/// `podwright.dev/inject, podwright.dev/profile and 3 more`, within `room` characters.
fn listed(keys: &[&str], room: usize) -> String {
    let first: Vec<String> = keys.iter().take(NAMED).map(|key| shorten(key)).collect();
    let listed = |shown: usize| {
        let names = first.iter().take(shown).map(String::as_str).collect::<Vec<_>>().join(", ");
        if shown < keys.len() { format!("{names} and {} more", keys.len() - shown) } else { names }
    };
    let counted = || format!("{} key{}", keys.len(), if keys.len() == 1 { "" } else { "s" });
    (1..=first.len()).rev().map(listed).find(|listed| listed.chars().count() <= room).unwrap_or_else(counted)
}
