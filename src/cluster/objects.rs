//! podwright's objects in the API server, and their patches.
//!
//! Objects are untyped JSON, so decoding cannot fail, and no decoding error can show a Secret.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::ByteString;
use kube::api::{ApiResource, DynamicObject, GroupVersionKind, Patch};
use serde_json::{Value, json};

use crate::cert::rotation::{SecretChanges, SecretData};

/// The length of a watch. The list after each watch also finds changes that the watch missed.
pub(super) const WATCH_TIMEOUT: Duration = Duration::from_secs(50);

/// The kinds of podwright's objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ObjectKind {
    Secret,
    Mutating,
    Validating,
}

/// An entry of a webhook configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The name, such as `pods.podwright.dev`.
    pub name: String,
    /// The trusted CAs, in PEM.
    pub ca_bundle: Vec<u8>,
    /// The path or the URL that the API server calls.
    pub path: String,
    /// The labels that a Namespace must have, each with the accepted values.
    pub selected: Vec<(String, Vec<String>)>,
}

/// One version of an object.
#[derive(Clone)]
pub(super) struct Object(Arc<DynamicObject>);

impl ObjectKind {
    pub(super) const CONFIGURATIONS: [Self; 2] = [Self::Mutating, Self::Validating];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Secret => "Secret",
            Self::Mutating => "MutatingWebhookConfiguration",
            Self::Validating => "ValidatingWebhookConfiguration",
        }
    }

    pub(super) fn resource(self) -> ApiResource {
        let group = if self == Self::Secret { "" } else { "admissionregistration.k8s.io" };
        ApiResource::from_gvk(&GroupVersionKind::gvk(group, "v1", self.word()))
    }
}

impl Object {
    pub(super) fn new(object: DynamicObject) -> Self {
        Self(Arc::new(object))
    }

    pub(super) fn version(&self) -> &str {
        self.0.metadata.resource_version.as_deref().unwrap_or_default()
    }

    /// Returns a Secret's data.
    pub(super) fn data(&self) -> SecretData {
        let data = self.0.data.get("data").and_then(Value::as_object);
        let decoded = |value: &Value| serde_json::from_value::<ByteString>(value.clone()).ok().map(|bytes| bytes.0);
        data.into_iter().flatten().filter_map(|(key, value)| Some((key.clone(), decoded(value)?))).collect()
    }

    /// Returns a webhook configuration's entries.
    pub(super) fn webhooks(&self) -> Vec<Webhook> {
        let webhooks = self.0.data.get("webhooks").and_then(Value::as_array);
        webhooks.into_iter().flatten().filter_map(webhook).collect()
    }
}

fn webhook(webhook: &Value) -> Option<Webhook> {
    let client = webhook.get("clientConfig");
    let bundle = client.and_then(|client| client.get("caBundle")).cloned();
    let bundle = bundle.and_then(|bundle| serde_json::from_value::<ByteString>(bundle).ok());
    let path = client.and_then(|client| client.get("url").or_else(|| client.get("service")?.get("path"))?.as_str());
    let selector = webhook.get("namespaceSelector");
    let requirements = selector.and_then(|selector| selector.get("matchExpressions")?.as_array());
    let labels = selector.and_then(|selector| selector.get("matchLabels")?.as_object());
    let labels =
        labels.into_iter().flatten().filter_map(|(key, value)| Some((key.clone(), vec![value.as_str()?.to_owned()])));
    Some(Webhook {
        name: webhook.get("name")?.as_str()?.to_owned(),
        ca_bundle: bundle.map(|bytes| bytes.0).unwrap_or_default(),
        path: path.unwrap_or_default().to_owned(),
        selected: requirements.into_iter().flatten().filter_map(selected).chain(labels).collect(),
    })
}

/// Returns the label and the values of a requirement with the operator `In`.
fn selected(requirement: &Value) -> Option<(String, Vec<String>)> {
    let field = |name: &str| requirement.get(name).and_then(Value::as_str);
    let values = requirement.get("values")?.as_array()?.iter();
    let values = values.filter_map(|value| value.as_str().map(str::to_owned)).collect();
    (field("operator")? == "In").then_some((field("key")?.to_owned(), values))
}

impl Webhook {
    /// Returns the values of a Namespace's label that the entry selects.
    pub fn selected(&self, label: &str) -> impl Iterator<Item = &str> {
        let of_label = self.selected.iter().filter(move |(key, _)| key == label);
        of_label.flat_map(|(_, values)| values.iter().map(String::as_str))
    }
}

/// Creates a merge patch of the Secret. It applies only to this version, so that one of two replicas loses.
pub(super) fn secret_patch(version: &str, changes: &SecretChanges) -> Value {
    let data: serde_json::Map<String, Value> =
        changes.iter().map(|(key, value)| (key.clone(), json!(value.clone().map(ByteString)))).collect();
    json!({"metadata": {"resourceVersion": version}, "data": data})
}

/// Returns the version that the patch applies to.
pub(super) fn patched_version(patch: &Patch<Value>) -> Option<&str> {
    match patch {
        Patch::Merge(patch) | Patch::Strategic(patch) => patch.get("metadata")?.get("resourceVersion")?.as_str(),
        _ => None,
    }
}

/// Creates a strategic merge patch of a webhook configuration. It merges entries by name and writes only the bundle. It applies
/// only to this version: otherwise it would bring back a removed entry, without any other field.
pub(super) fn configuration_patch(version: &str, webhooks: &[Webhook], bundle: &[u8]) -> Value {
    let bundle = json!(ByteString(bundle.to_vec()));
    let patched = |webhook: &Webhook| json!({"name": webhook.name, "clientConfig": {"caBundle": bundle}});
    let webhooks: Vec<Value> = webhooks.iter().map(patched).collect();
    json!({"metadata": {"resourceVersion": version}, "webhooks": webhooks})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::webhook;

    #[test]
    fn an_entry_selects_labels_by_both_forms_of_a_selector() {
        let values = |selector: &serde_json::Value| {
            let entry = webhook(&json!({"name": "batch", "clientConfig": {}, "namespaceSelector": selector}));
            entry.map(|entry| entry.selected("profile").map(str::to_owned).collect::<Vec<_>>())
        };
        let requirement = |operator: &str| json!({"matchExpressions": [{"key": "profile", "operator": operator, "values": ["batch"]}]});
        for (selector, expected) in [
            (requirement("In"), &["batch"][..]),
            (json!({"matchLabels": {"profile": "batch", "a": "b"}}), &["batch"]),
            (requirement("NotIn"), &[]),
            (json!({}), &[]),
        ] {
            assert_eq!(values(&selector), Some(expected.iter().map(ToString::to_string).collect()), "{selector}");
        }
    }
}
