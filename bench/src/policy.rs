//! A MutatingAdmissionPolicy that does to one Pod the same as a JSON patch: the same operations, written as CEL.

use serde::Deserialize;
use serde_json::{Value, json};

/// One operation of RFC 6902.
#[derive(Deserialize)]
struct Operation {
    op: String,
    path: String,
    value: Value,
}

/// The policy and its binding, for Pods in namespaces with this label.
pub(crate) fn of(patch: &Value, (label, value): (&str, &str)) -> serde_json::Result<String> {
    let operations: Vec<Operation> = serde_json::from_value(patch.clone())?;
    let operations: Vec<String> = operations.iter().map(operation).collect();
    let policy = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingAdmissionPolicy",
        "metadata": {"name": "bench"},
        "spec": {
            // No second call: the policy does not detect its own changes, and would add everything twice.
            "failurePolicy": "Fail", "reinvocationPolicy": "Never",
            "matchConstraints": {
                "namespaceSelector": {"matchLabels": {label: value}},
                "resourceRules": [
                    {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]},
                ],
            },
            "mutations": [{
                "patchType": "JSONPatch",
                "jsonPatch": {"expression": format!("[{}]", operations.join(", "))},
            }],
        },
    });
    let binding = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingAdmissionPolicyBinding",
        "metadata": {"name": "bench"}, "spec": {"policyName": "bench"},
    });
    serde_json::to_string(&json!({"apiVersion": "v1", "kind": "List", "items": [policy, binding]}))
}

fn operation(Operation { op, path, value }: &Operation) -> String {
    format!("JSONPatch{{op: {}, path: {}, value: {}}}", text(op), text(path), dynamic(value))
}

/// Kubernetes' CEL has lists and maps of one type only, so each value in them is `dyn`.
fn dynamic(value: &Value) -> String {
    let inner = match value {
        Value::String(value) => text(value),
        Value::Array(values) => format!("[{}]", joined(values.iter().map(dynamic))),
        Value::Object(fields) => {
            format!("{{{}}}", joined(fields.iter().map(|(name, value)| format!("{}: {}", text(name), dynamic(value)))))
        }
        other => other.to_string(),
    };
    format!("dyn({inner})")
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// CEL uses JSON's escapes.
fn text(value: &str) -> String {
    Value::from(value).to_string()
}

#[cfg(test)]
mod tests {
    use super::dynamic;
    use serde_json::json;

    #[test]
    fn a_value_becomes_cel() {
        let cel = dynamic(&json!({"a": ["b\"", 1], "c": true}));
        assert_eq!(cel, r#"dyn({"a": dyn([dyn("b\""), dyn(1)]), "c": dyn(true)})"#);
    }
}
