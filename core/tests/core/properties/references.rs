//! The variables of OpenTelemetry, as the kubelet expands them and as an SDK decodes them.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::kept::containers;

/// Expands `$(NAME)` by the variables before, as the kubelet does (`k8s.io/kubernetes/third_party/forked/golang/expansion`).
fn expanded(text: &str, before: &BTreeMap<String, String>) -> String {
    let Some((start, rest)) = text.split_once('$') else { return text.to_owned() };
    let (value, rest) = match rest.strip_prefix('$') {
        Some(rest) => ("$".to_owned(), rest),
        None => match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
            Some((name, rest)) => (before.get(name).cloned().unwrap_or_else(|| format!("$({name})")), rest),
            None => ("$".to_owned(), rest),
        },
    };
    format!("{start}{value}{}", expanded(rest, before))
}

/// Returns a container's variables as its process sees them.
pub fn environment(container: &Value) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    for variable in container["env"].as_array().into_iter().flatten() {
        let source = &variable["valueFrom"]["fieldRef"]["fieldPath"];
        let value = match source.as_str() {
            Some(path) => format!("<{path}>"),
            None => expanded(variable["value"].as_str().unwrap_or_default(), &seen),
        };
        seen.insert(variable["name"].as_str().unwrap().to_owned(), value);
    }
    seen
}

/// Decodes percent-encoded text.
fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

/// Parses `OTEL_RESOURCE_ATTRIBUTES` as an SDK does.
pub fn attributes(text: &str) -> BTreeMap<String, String> {
    let pair = |pair: &str| pair.split_once('=').map(|(key, value)| (decoded(key), decoded(value))).unwrap();
    let pairs: Vec<(String, String)> = text.split(',').map(pair).collect();
    assert_eq!(text.matches('=').count(), pairs.len(), "one = for each attribute: {text}");
    let count = pairs.len();
    let map: BTreeMap<_, _> = pairs.into_iter().collect();
    assert_eq!(map.len(), count, "a key stands twice: {text}");
    map
}

/// Asserts that podwright's attributes name the Pod and the container, and that annotations come through as written.
pub fn refer_to_the_pod(before: &Value, after: &Value) -> Result<(), TestCaseError> {
    let own = |container: &Value, name: &str| {
        container["env"].as_array().is_some_and(|env| env.iter().any(|it| it["name"] == name))
    };
    for ((name, before), (_, fitted)) in containers(before).zip(containers(after)) {
        let seen = environment(fitted);
        let Some(text) = seen.get("OTEL_RESOURCE_ATTRIBUTES").filter(|_| !own(before, "OTEL_RESOURCE_ATTRIBUTES"))
        else {
            continue;
        };
        let all = attributes(text);
        for (key, value) in [
            ("k8s.namespace.name", "<metadata.namespace>"),
            ("k8s.pod.name", "<metadata.name>"),
            ("k8s.pod.uid", "<metadata.uid>"),
            ("k8s.node.name", "<spec.nodeName>"),
            ("k8s.container.name", name),
        ] {
            prop_assert_eq!(all.get(key).map(String::as_str), Some(value), "{}", text);
        }
        let written = &after["metadata"]["annotations"]["resource.opentelemetry.io/team"];
        prop_assert_eq!(all.get("team").map(|team| json!(team)).unwrap_or_default(), written.clone());
        let service = &after["metadata"]["annotations"]["resource.opentelemetry.io/service.name"];
        if let (Some(service), false) = (service.as_str(), own(before, "OTEL_SERVICE_NAME")) {
            prop_assert!(
                seen.get("OTEL_SERVICE_NAME").is_none_or(|it| it == service || it == "<metadata.name>"),
                "{text}"
            );
        }
    }
    Ok(())
}
