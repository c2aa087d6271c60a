//! Workloads as authors write them.

use podwright::workload::{KINDS, WorkloadKind};
use serde_json::{Map, Value, json};

/// The path of a kind's collection, without the namespace.
pub struct Collection {
    group_version: String,
    resource: String,
}

impl Collection {
    pub fn of(kind: WorkloadKind) -> Self {
        let group_version = if kind.group.is_empty() { "v1".to_owned() } else { format!("{}/v1", kind.group) };
        Self { group_version, resource: format!("{}s", kind.name.to_lowercase()) }
    }

    /// The path of the collection in a namespace.
    pub fn path(&self, namespace: &str) -> String {
        let root = if self.group_version == "v1" { "api" } else { "apis" };
        format!("/{root}/{}/namespaces/{namespace}/{}", self.group_version, self.resource)
    }
}

pub fn kind(name: &str) -> WorkloadKind {
    KINDS.into_iter().find(|kind| kind.name == name).expect("one of the kinds")
}

/// A workload of this kind, with these annotations on its Pod template.
pub fn workload(kind: WorkloadKind, name: &str, annotations: &[(&str, &str)]) -> Value {
    let annotations: Map<String, Value> =
        annotations.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
    let mut template = json!({"metadata": {"labels": {"app": name}, "annotations": annotations},
        "spec": {"containers": [{"name": "app", "image": "registry.example.com/app:1"}]}});
    if matches!(kind.name, "Job" | "CronJob") {
        template["spec"]["restartPolicy"] = json!("Never");
    }
    let labels = json!({"app": name});
    let spec = match kind.name {
        "Job" => json!({"template": template}),
        "CronJob" => json!({"schedule": "0 0 * * *", "jobTemplate": {"spec": {"template": template}}}),
        "ReplicationController" => json!({"selector": labels, "template": template}),
        "StatefulSet" => json!({"serviceName": name, "selector": {"matchLabels": labels}, "template": template}),
        _ => json!({"selector": {"matchLabels": labels}, "template": template}),
    };
    if kind.name == "PodTemplate" {
        let template = spec["template"].clone();
        return json!({"apiVersion": "v1", "kind": kind.name, "metadata": {"name": name}, "template": template});
    }
    json!({"apiVersion": Collection::of(kind).group_version, "kind": kind.name, "metadata": {"name": name}, "spec": spec})
}

/// The template's metadata.
pub fn template_metadata(kind: WorkloadKind, workload: &mut Value) -> &mut Value {
    &mut workload.pointer_mut(kind.template.pointer()).expect("a template")["metadata"]
}
