//! Strategic merge patches, as far as the components use them.

use serde_json::Value;

/// The lists that merge item by item, and the field that identifies an item. All other lists are replaced.
const KEYS: [(&str, &str); 4] =
    [("webhooks", "name"), ("containers", "name"), ("volumes", "name"), ("volumeMounts", "mountPath")];

/// Whether the patch deletes its object.
pub(super) fn is_deletion(patch: &Value) -> bool {
    patch.get("$patch").is_some_and(|directive| directive == "delete")
}

/// Merges a patch into a value.
pub(super) fn merge(value: &mut Value, patch: &Value) {
    let (Value::Object(members), Value::Object(patch)) = (&mut *value, patch) else {
        *value = patch.clone();
        return;
    };
    for (name, patch) in patch {
        let identity = KEYS.iter().find(|(list, _)| list == name).map(|(_, identity)| *identity);
        match (members.get_mut(name), identity) {
            (Some(Value::Array(items)), Some(identity)) => merge_items(items, patch, identity),
            (Some(member), _) => merge(member, patch),
            (None, _) => drop(members.insert(name.clone(), patch.clone())),
        }
    }
}

/// Merges items into those with the same identity. New items come first, as for kubectl and kustomize.
fn merge_items(items: &mut Vec<Value>, patch: &Value, identity: &str) {
    let mut new = Vec::new();
    for patch in patch.as_array().into_iter().flatten() {
        match items.iter_mut().find(|item| item.get(identity) == patch.get(identity)) {
            Some(item) => merge(item, patch),
            None => new.push(patch.clone()),
        }
    }
    items.splice(0..0, new);
}
