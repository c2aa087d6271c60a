//! Pods of other controllers: a Namespace's opt-in leaves them alone, and a profile replaces no default in them.

use proptest::prelude::*;
use serde_json::{Value, json};

/// Whether a controller outside Kubernetes itself owns the Pod.
pub fn is_by_another(pod: &Value) -> bool {
    let owner = &pod["metadata"]["ownerReferences"][0];
    let version = owner["apiVersion"].as_str().unwrap_or("apps/v1");
    !matches!(version, "apps/v1" | "batch/v1")
}

/// The Pod's podwright annotations, without the status.
fn asks(pod: &Value) -> bool {
    let annotations = pod["metadata"]["annotations"].as_object();
    let ours = |key: &String| key.contains("podwright.dev/") && key != "podwright.dev/status";
    annotations.is_some_and(|annotations| annotations.keys().any(ours))
}

/// Without an annotation of its own, the Pod stays unchanged. With one, its defaults stay unless a key of that name
/// replaces them.
pub fn left_to_their_owner(before: &Value, after: &Value) -> Result<(), TestCaseError> {
    if !is_by_another(before) {
        return Ok(());
    }
    if !asks(before) {
        prop_assert_eq!(before, after);
        return Ok(());
    }
    let has = |key: &str| {
        let annotations = before["metadata"]["annotations"].as_object();
        annotations
            .is_some_and(|annotations| annotations.keys().any(|name| name.ends_with(&format!("podwright.dev/{key}"))))
    };
    let period = |pod: &Value| pod["spec"]["terminationGracePeriodSeconds"].as_i64().unwrap_or(30);
    prop_assert!(
        period(before) == period(after) || has("pre-stop-sleep") || has("termination-grace-period"),
        "{after}"
    );
    let containers = |pod: &Value| pod["spec"]["containers"].clone();
    for (before, after) in containers(before).as_array().unwrap().iter().zip(containers(after).as_array().unwrap()) {
        for (field, default, key) in [
            ("terminationMessagePolicy", "File", "termination-message-policy"),
            ("terminationMessagePath", "/dev/termination-log", "termination-message-path"),
        ] {
            let [before, after] =
                [before, after].map(|container| container.get(field).cloned().unwrap_or(json!(default)));
            prop_assert!(before == after || has(key), "{field}: {before} became {after}");
        }
    }
    Ok(())
}
