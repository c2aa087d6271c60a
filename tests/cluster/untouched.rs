//! The injected Pod keeps everything of the author's, compared with the same Pod created without podwright.

use podwright::annotation::STATUS;
use serde_json::{Map, Value};

/// Fails if anything of `plain` is missing in `fitted` or has moved; `plain` is the same Pod without an opt-in. A
/// default that counts as unset may differ.
pub fn assert_untouched(plain: &Value, fitted: &Value) {
    let mut lost = Vec::new();
    for part in ["labels", "annotations", "ownerReferences", "finalizers"] {
        compare(&plain["metadata"][part], &fitted["metadata"][part], &format!("metadata.{part}"), &mut lost);
    }
    compare(&named(&plain["spec"]), &named(&fitted["spec"]), "spec", &mut lost);
    assert!(lost.is_empty(), "{lost:#?}\n{plain}\n{fitted}");
}

fn compare(plain: &Value, fitted: &Value, path: &str, lost: &mut Vec<String>) {
    match (plain, fitted) {
        (Value::Null, _) => {}
        (Value::Object(members), Value::Object(_)) => {
            for (key, value) in members.iter().filter(|(key, _)| *key != STATUS) {
                compare(value, &fitted[key], &format!("{path}.{key}"), lost);
            }
        }
        (Value::Array(items), Value::Array(there)) => compare_lists(items, there, path, lost),
        _ if plain == fitted || is_unset(path, plain) => {}
        _ => lost.push(format!("{path}: {plain} became {fitted}")),
    }
}

/// The author's items are in their order, perhaps with others between them.
fn compare_lists(items: &[Value], there: &[Value], path: &str, lost: &mut Vec<String>) {
    let mut candidates = there.iter();
    for (place, item) in items.iter().enumerate() {
        let Some(fitted) = candidates.find(|candidate| is_same_item(item, candidate)) else {
            lost.push(format!("{path}[{place}] is gone or has moved: {item}"));
            return;
        };
        compare(item, fitted, &format!("{path}[{place}]"), lost);
    }
    let may_grow = ["env", "volumes", "volumeMounts"].iter().any(|list| path.ends_with(list));
    if !may_grow && items.len() != there.len() {
        lost.push(format!("{path} has {} items instead of {}", there.len(), items.len()));
    }
}

/// The API identifies list items by a name or a path. Other items are compared as a whole.
fn is_same_item(item: &Value, candidate: &Value) -> bool {
    let key = ["name", "mountPath"].iter().find(|key| item[**key].is_string());
    key.map_or(item == candidate, |key| item[*key] == candidate[*key] && (item["mountPath"] == candidate["mountPath"]))
}

fn is_unset(path: &str, plain: &Value) -> bool {
    (path.ends_with(".terminationGracePeriodSeconds") && *plain == 30)
        || (path.ends_with(".terminationMessagePolicy") && *plain == "File")
        || (path.ends_with(".terminationMessagePath") && *plain == "/dev/termination-log")
}

/// The volume of the ServiceAccount's token gets a new name each time.
fn named(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("kube-api-access-") => Value::from("kube-api-access"),
        Value::Array(items) => items.iter().map(named).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.clone(), named(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// Shows that the comparison finds a difference at all.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_loss_is_seen() {
    use serde_json::json;
    let plain = json!({"spec": {"containers": [{"name": "a", "env": [{"name": "A"}, {"name": "B"}], "args": ["x"]}]}});
    let lost = |fitted: &Value| {
        let mut lost = Vec::new();
        compare(&plain["spec"], &fitted["spec"], "spec", &mut lost);
        lost.len()
    };
    let mut fitted = plain.clone();
    fitted["spec"]["containers"][0]["env"] = json!([{"name": "OURS"}, {"name": "A"}, {"name": "B"}]);
    assert_eq!(lost(&fitted), 0);
    fitted["spec"]["containers"][0]["env"] = json!([{"name": "B"}, {"name": "A"}]);
    assert_eq!(lost(&fitted), 1);
    fitted["spec"]["containers"] = json!([{"name": "a", "args": ["x", "y"]}]);
    assert_eq!(lost(&fitted), 2);
}
