//! The objects as the API server has them, as far as they are read, and the patches for them.
//!
//! Read as JSON and not as the types of a library: there is nothing that could fail to be decoded, and so no error that would
//! show a Secret.

use std::sync::Arc;

use k8s_openapi::ByteString;
use kube::api::{ApiResource, DynamicObject, GroupVersionKind, Patch};
use serde_json::{Value, json};

use crate::cert::keeper::{Changes, Data};

/// The kinds that are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Secret,
    Mutating,
    Validating,
}

/// An entry of a webhook configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Such as `pods.podwright.dev`.
    pub name: String,
    /// What it trusts, PEM.
    pub ca_bundle: Vec<u8>,
}

/// An object, as it was when it was read.
#[derive(Clone)]
pub struct Object(Arc<DynamicObject>);

impl Kind {
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

    /// A Secret's data.
    pub fn data(&self) -> Data {
        let data = self.0.data.get("data").and_then(Value::as_object);
        let decoded = |value: &Value| serde_json::from_value::<ByteString>(value.clone()).ok().map(|bytes| bytes.0);
        data.into_iter().flatten().filter_map(|(key, value)| Some((key.clone(), decoded(value)?))).collect()
    }

    /// A webhook configuration's entries.
    pub fn entries(&self) -> Vec<Entry> {
        let webhooks = self.0.data.get("webhooks").and_then(Value::as_array);
        webhooks.into_iter().flatten().filter_map(entry).collect()
    }
}

fn entry(webhook: &Value) -> Option<Entry> {
    let bundle = webhook.pointer("/clientConfig/caBundle").cloned();
    let bundle = bundle.and_then(|bundle| serde_json::from_value::<ByteString>(bundle).ok());
    let name = webhook.get("name")?.as_str()?.to_owned();
    Some(Entry { name, ca_bundle: bundle.map(|bytes| bytes.0).unwrap_or_default() })
}

/// A merge patch of the Secret: for this version of it alone, so that of two replicas one writes.
pub(super) fn of_secret(version: &str, changes: &Changes) -> Value {
    let data: serde_json::Map<String, Value> =
        changes.iter().map(|(key, value)| (key.clone(), json!(value.clone().map(ByteString)))).collect();
    json!({"metadata": {"resourceVersion": version}, "data": data})
}

/// The version that one of these patches is for.
pub(super) fn version_meant(patch: &Patch<Value>) -> Option<&str> {
    match patch {
        Patch::Merge(patch) | Patch::Strategic(patch) => patch.get("metadata")?.get("resourceVersion")?.as_str(),
        _ => None,
    }
}

/// A strategic merge patch of a webhook configuration: its entries are merged by name, and nothing but the bundle is written.
/// For this version alone: an entry that is gone meanwhile would come back with nothing but a name.
pub(super) fn of_configuration(version: &str, entries: &[Entry], bundle: &[u8]) -> Value {
    let bundle = json!(ByteString(bundle.to_vec()));
    let webhook = |entry: &Entry| json!({"name": entry.name, "clientConfig": {"caBundle": bundle}});
    let webhooks: Vec<Value> = entries.iter().map(webhook).collect();
    json!({"metadata": {"resourceVersion": version}, "webhooks": webhooks})
}
