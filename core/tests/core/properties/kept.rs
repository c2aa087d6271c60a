//! The result keeps everything of the author's. `fuzz/` shares this code, so it reports faults by panicking.

use podwright_core::annotation::STATUS;
use serde_json::{Value, json};

/// Whether the value is the API server's default, which podwright may replace.
fn is_default(path: &str, value: &Value) -> bool {
    let defaults = [
        ("/terminationGracePeriodSeconds", json!(30)),
        ("/terminationMessagePath", json!("/dev/termination-log")),
        ("/terminationMessagePolicy", json!("File")),
    ];
    defaults.iter().any(|(field, default)| path.ends_with(field) && value == default)
}

/// Applies podwright's patch to the document with the `json-patch` crate.
pub fn patched(document: &Value, patch: &[u8]) -> Value {
    let mut document = document.clone();
    let patch: json_patch::Patch = serde_json::from_slice(patch).unwrap();
    let only = |operation: &&json_patch::PatchOperation| {
        !matches!(operation, json_patch::PatchOperation::Add(_) | json_patch::PatchOperation::Replace(_))
    };
    assert_eq!(patch.0.iter().find(only), None, "neither remove nor test");
    assert!(!patch.0.is_empty(), "nothing to do is no patch");
    json_patch::patch(&mut document, &patch).unwrap();
    document
}

/// Asserts that the author's content is kept: objects have all their members, and lists have all items in order.
/// podwright's variables come before the author's; its volumes and mounts come after them.
pub fn untouched(before: &Value, after: &Value, path: &str) {
    match (before, after) {
        (Value::Null, _) => {}
        _ if is_default(path, before) || path.ends_with(STATUS) => {}
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before {
                let path = format!("{path}/{key}");
                let after = after.get(key).unwrap_or_else(|| panic!("{path} is gone"));
                untouched(value, after, &path);
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            let (first, behind) =
                (path.ends_with("/env"), ["/volumes", "/volumeMounts"].iter().any(|list| path.ends_with(list)));
            assert!(before.len() <= after.len(), "{path} has {} items", after.len());
            let added = after.len() - before.len();
            assert!(added == 0 || first || behind, "{path} has {added} more");
            let after = after.iter().skip(if first { added } else { 0 });
            before.iter().zip(after).for_each(|(before, after)| untouched(before, after, path));
        }
        (before, after) => assert_eq!(before, after, "{path}"),
    }
}

/// The containers of a Pod, by name.
pub fn containers(pod: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let all = ["containers", "initContainers"]
        .into_iter()
        .flat_map(|list| pod["spec"][list].as_array().into_iter().flatten());
    all.map(|container| (container["name"].as_str().unwrap(), container))
}

/// The containers that a Pod's own annotations exclude from everything.
pub fn left_out(pod: &Value) -> Vec<&str> {
    let annotations = &pod["metadata"]["annotations"];
    let names = containers(pod).map(|(name, _)| name);
    names.filter(|name| annotations[format!("{name}.podwright.dev/inject")] == "false").collect()
}
