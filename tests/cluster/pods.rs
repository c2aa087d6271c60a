//! Pods as authors write them.

use serde_json::{Value, json};

/// A Pod of one container with these annotations.
pub fn pod(name: &str, annotations: &[(&str, &str)]) -> Value {
    let annotations: serde_json::Map<String, Value> =
        annotations.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "annotations": annotations},
        "spec": {"containers": [{"name": "app", "image": "registry.example.com/app:1"}]}})
}

/// The names of a container's variables, in order.
pub fn env_names(container: &Value) -> Vec<&str> {
    container["env"].as_array().into_iter().flatten().filter_map(|variable| variable["name"].as_str()).collect()
}

/// Whether a container has the default profile's sleep.
pub fn sleeps(container: &Value) -> bool {
    container["lifecycle"]["preStop"]["sleep"]["seconds"] == 5
}
