//! Changes of podwright's keys on an existing Pod. podwright reads them only when the Pod is created.

use std::collections::BTreeMap;

use super::misplaced::{MetadataOnly, on_a_pod, warning};
use super::view::{Keys, OwnMetadata};
use crate::annotation::{INJECTED, STATUS};
use crate::inject::Reason;
use crate::inject::pod::Field;

const READ_AT_CREATION: Reason = Reason {
    code: "ReadAtCreation",
    sentence: "podwright reads annotations only when a Pod is created, so this change has no effect",
    remedy: "Annotate the Pod template of the workload, or delete the Pod and create it again.",
};

/// Every reason that this module gives.
pub(super) const REASONS: [Reason; 1] = [READ_AT_CREATION];

/// Returns warnings about podwright's keys that an update adds, removes or changes, except the status.
///
/// # Errors
/// The metadata has another shape than in the API.
pub fn updated(old: &str, new: &str) -> Result<Vec<String>, serde_json::Error> {
    let metadata = |json| serde_json::from_str::<MetadataOnly<'_>>(json).map(|bare| bare.metadata.unwrap_or_default());
    let (OwnMetadata { annotations: old, labels: old_labels, .. }, OwnMetadata { annotations, labels, .. }) =
        (metadata(old)?, metadata(new)?);
    let (keys, labels) = (changed(&old, &annotations), changed(&old_labels.keys, &labels.keys));
    let reason = READ_AT_CREATION.sentence;
    let tail = format!(" in metadata.annotations of the Pod: {reason}. Change the Pod template instead.");
    let said = (!keys.is_empty()).then(|| warning(&keys, &tail, READ_AT_CREATION));
    Ok(said.into_iter().chain(on_a_pod(&labels)).collect())
}

fn changed<'m>(old: &'m Field<Keys<'_>>, new: &'m Field<Keys<'_>>) -> Vec<&'m str> {
    let (old, new) = (ours(old), ours(new));
    let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
    let mut changed: Vec<&str> = keys.copied().filter(|key| old.get(key) != new.get(key)).collect();
    changed.sort_unstable();
    changed
}

fn ours<'m>(map: &'m Field<Keys<'_>>) -> BTreeMap<&'m str, &'m str> {
    map.as_ref().into_iter().flat_map(Keys::ours).filter(|(key, _)| ![STATUS, INJECTED].contains(key)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::updated;

    #[test]
    fn changes_of_podwrights_keys_have_warnings_and_other_changes_none() {
        let pod = |annotations, labels| json!({"metadata": {"annotations": annotations, "labels": labels}}).to_string();
        let old =
            pod(json!({"podwright.dev/a": "1", "podwright.dev/b": "1", "podwright.dev/status": "1"}), json!(null));
        let new = pod(
            json!({"podwright.dev/a": "1", "podwright.dev/b": "2", "app.podwright.dev/c": "1", "d": "e"}),
            json!({"podwright.dev/inject": "true"}),
        );
        let sentence = "podwright reads annotations only when a Pod is created, so this change has no effect. Change the \
            Pod template instead. [ReadAtCreation]";
        assert_eq!(
            updated(&old, &new).unwrap_or_default(),
            [
                format!("app.podwright.dev/c, podwright.dev/b in metadata.annotations of the Pod: {sentence}"),
                "podwright.dev/inject in metadata.labels of the Pod: podwright reads labels of Namespaces only. Use an \
                 annotation of the Pod instead. [LabelNotAnnotation]"
                    .to_owned(),
            ]
        );
        assert_eq!(updated(&old, &old).unwrap_or_default(), [""; 0]);
        let back = updated(&new, &old).unwrap_or_default();
        assert!(
            matches!(&back[..], [one, _] if one.starts_with("app.podwright.dev/c, podwright.dev/b in ")),
            "{back:?}"
        );
    }
}
