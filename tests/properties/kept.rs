//! What an author wrote is in the result.

use podwright::annotation::STATUS;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Whether it is what the server puts where the author wrote nothing, and so may be replaced.
fn is_default(path: &str, value: &Value) -> bool {
    let defaults = [
        ("/terminationGracePeriodSeconds", json!(30)),
        ("/terminationMessagePath", json!("/dev/termination-log")),
        ("/terminationMessagePolicy", json!("File")),
    ];
    defaults.iter().any(|(field, default)| path.ends_with(field) && value == default)
}

/// Everything that the author wrote is there: objects have all their members, lists all their items in their order, what
/// is ours before the author's variables and behind the author's volumes and mounts.
pub fn untouched(before: &Value, after: &Value, path: &str) -> Result<(), TestCaseError> {
    match (before, after) {
        (Value::Null, _) => Ok(()),
        _ if is_default(path, before) || path.ends_with(STATUS) => Ok(()),
        (Value::Object(before), Value::Object(after)) => before.iter().try_for_each(|(key, value)| {
            let path = format!("{path}/{key}");
            prop_assert!(after.contains_key(key), "{path} is gone");
            untouched(value, &after[key], &path)
        }),
        (Value::Array(before), Value::Array(after)) => {
            let (first, behind) =
                (path.ends_with("/env"), ["/volumes", "/volumeMounts"].iter().any(|list| path.ends_with(list)));
            prop_assert!(before.len() <= after.len(), "{path} has {} items", after.len());
            let added = after.len() - before.len();
            prop_assert!(added == 0 || first || behind, "{path} has {added} more");
            let after = after.iter().skip(if first { added } else { 0 });
            before.iter().zip(after).try_for_each(|(before, after)| untouched(before, after, path))
        }
        (before, after) => {
            prop_assert_eq!(before, after, "{}", path);
            Ok(())
        }
    }
}

/// The containers of a Pod, by name.
pub fn containers(pod: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let all = ["containers", "initContainers"]
        .into_iter()
        .flat_map(|list| pod["spec"][list].as_array().into_iter().flatten());
    all.map(|container| (container["name"].as_str().unwrap(), container))
}

/// The containers that a Pod's own annotations leave out of everything.
pub fn left_out(pod: &Value) -> Vec<&str> {
    let annotations = &pod["metadata"]["annotations"];
    let names = containers(pod).map(|(name, _)| name);
    names.filter(|name| annotations[format!("{name}.podwright.dev/inject")] == "false").collect()
}
