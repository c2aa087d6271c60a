//! The policy against the API server's own schema: the test changes each field of a webhook configuration and of a
//! Secret. A field that no list here names fails the test, so new fields of a later Kubernetes are noticed.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Bound, GROUP, KINDS, SECRET, bound, configuration, is_refusal};

/// Fields that the API server lets no client change.
const THE_SERVERS: [&str; 10] = [
    "apiVersion",
    "kind",
    "metadata.creationTimestamp",
    "metadata.deletionGracePeriodSeconds",
    "metadata.deletionTimestamp",
    "metadata.generation",
    "metadata.name",
    "metadata.namespace",
    "metadata.selfLink",
    "metadata.uid",
];
/// Fields that the API server writes itself on each change.
const BOOKKEEPING: [&str; 2] = ["metadata.managedFields", "metadata.resourceVersion"];

/// A valid other value for each field.
fn changes() -> Vec<(&'static str, Value)> {
    let mut changes = metadata_changes();
    changes.extend([
        ("webhooks.admissionReviewVersions", json!(["v1", "v1beta1"])),
        ("webhooks.clientConfig.service.name", json!("other")),
        ("webhooks.clientConfig.service.namespace", json!("other")),
        ("webhooks.clientConfig.service.path", json!("/other")),
        ("webhooks.clientConfig.service.port", json!(8443)),
        ("webhooks.clientConfig.url", json!("https://attacker.example/")),
        ("webhooks.failurePolicy", json!("Fail")),
        ("webhooks.matchConditions.expression", json!("true")),
        ("webhooks.matchConditions.name", json!("other")),
        ("webhooks.matchPolicy", json!("Exact")),
        ("webhooks.name", json!("other.podwright.dev")),
        ("webhooks.namespaceSelector.matchExpressions.key", json!("other")),
        ("webhooks.namespaceSelector.matchExpressions.operator", json!("In")),
        ("webhooks.namespaceSelector.matchExpressions.values", json!(["other"])),
        ("webhooks.namespaceSelector.matchLabels", json!({})),
        ("webhooks.objectSelector.matchExpressions.key", json!("other")),
        ("webhooks.objectSelector.matchExpressions.operator", json!("In")),
        ("webhooks.objectSelector.matchExpressions.values", json!(["other"])),
        ("webhooks.objectSelector.matchLabels", json!({})),
        ("webhooks.reinvocationPolicy", json!("Never")),
        ("webhooks.rules.apiGroups", json!(["*"])),
        ("webhooks.rules.apiVersions", json!(["*"])),
        ("webhooks.rules.operations", json!(["*"])),
        ("webhooks.rules.resources", json!(["*/*"])),
        ("webhooks.rules.scope", json!("*")),
        ("webhooks.sideEffects", json!("NoneOnDryRun")),
        ("webhooks.timeoutSeconds", json!(30)),
    ]);
    changes
}

fn metadata_changes() -> Vec<(&'static str, Value)> {
    vec![
        ("metadata.annotations", json!({"a": "other"})),
        ("metadata.finalizers", json!([])),
        ("metadata.generateName", json!("other-")),
        ("metadata.labels", json!({})),
        ("metadata.ownerReferences.apiVersion", json!("v2")),
        ("metadata.ownerReferences.blockOwnerDeletion", json!(true)),
        ("metadata.ownerReferences.controller", json!(true)),
        ("metadata.ownerReferences.kind", json!("Other")),
        ("metadata.ownerReferences.name", json!("other")),
        ("metadata.ownerReferences.uid", json!("other")),
    ]
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn every_field_of_the_servers_schema_but_the_bundle_is_refused() {
    let bound = bound();
    let before = bound.objects();
    for (kind, name) in KINDS.iter().zip(["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]) {
        let mut fields = Schema::read(bound, GROUP).fields(&format!("io.k8s.api.admissionregistration.v1.{name}"));
        assert!(fields.remove("webhooks.clientConfig.caBundle"), "{fields:?}");
        if *kind == KINDS[1] {
            assert!(fields.insert("webhooks.reinvocationPolicy".to_owned()), "not of this kind");
        }
        assert_eq!(fields, known(&changes()), "{name}: a field is missing on one side");
        let path = configuration(kind);
        for (field, value) in changes() {
            if *kind == KINDS[0] || field != "webhooks.reinvocationPolicy" {
                is_refused(bound, &path, field, &value);
            }
        }
        THE_SERVERS.iter().for_each(|field| has_no_effect(bound, &path, field));
    }
    assert_eq!(bound.objects(), before);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn every_field_of_a_secret_but_its_data_is_refused() {
    let bound = bound();
    let before = bound.objects();
    let mut fields = Schema::read(bound, "/api/v1").fields("io.k8s.api.core.v1.Secret");
    for tried_elsewhere in ["data", "stringData"] {
        assert!(fields.remove(tried_elsewhere), "{fields:?}");
    }
    // The type is immutable.
    assert!(fields.remove("type"));
    let of_a_secret = [("immutable", json!(true))];
    assert_eq!(fields, known(&[metadata_changes(), of_a_secret.to_vec()].concat()));
    let one = json!([{"apiVersion": "v1", "kind": "Namespace", "name": "one", "uid": "one"}]);
    for (field, value) in [
        ("metadata.annotations", json!({})),
        ("metadata.finalizers", json!(["example.com/one"])),
        ("metadata.generateName", json!("other-")),
        ("metadata.labels", json!({})),
        ("metadata.ownerReferences", one),
        ("immutable", json!(true)),
    ] {
        is_refused(bound, SECRET, field, &value);
    }
    for field in THE_SERVERS.iter().chain(&["type"]) {
        has_no_effect(bound, SECRET, field);
    }
    assert_eq!(bound.objects(), before);
}

fn known(changes: &[(&str, Value)]) -> BTreeSet<String> {
    changes.iter().map(|(field, _)| *field).chain(THE_SERVERS).map(str::to_owned).collect()
}

fn is_refused(bound: &Bound, path: &str, field: &str, value: &Value) {
    let mut object = bound.read(path);
    set(&mut object, field, value);
    let answer = bound.account.send(&format!("PUT {path}"), &object);
    assert!(is_refusal(&answer), "{path}: {field}: {} {}", answer.status, answer.body);
}

/// Whether the API server itself refuses or ignores this change.
fn has_no_effect(bound: &Bound, path: &str, field: &str) {
    let mut object = bound.read(path);
    set(&mut object, field, &json!("other"));
    let answer = bound.account.send(&format!("PUT {path}"), &object);
    assert!(answer.status == 200 || (400..500).contains(&answer.status), "{path}: {field}: {}", answer.body);
}

/// Sets a field, in the first entry of each list on its path.
fn set(object: &mut Value, field: &str, value: &Value) {
    if let Some(client) = object.pointer_mut("/webhooks/0/clientConfig").filter(|_| field.ends_with(".url")) {
        client.as_object_mut().expect("a clientConfig").remove("service");
    }
    let mut place = object;
    for name in field.split('.') {
        if place.is_array() {
            place = &mut place[0];
        }
        place = &mut place[name];
    }
    assert_ne!(place, value, "{field} is no change");
    *place = value.clone();
}

/// The schema of an API group's version, as the API server publishes it.
struct Schema(Value);

impl Schema {
    fn read(bound: &Bound, group: &str) -> Self {
        Self(bound.read(&format!("/openapi/v3{group}"))["components"]["schemas"].take())
    }

    /// The paths of all fields that hold a value, without the API server's bookkeeping.
    fn fields(&self, name: &str) -> BTreeSet<String> {
        let mut fields = BTreeSet::new();
        self.walk(&self.0[name], "", &mut fields);
        let is_bookkeeping = |field: &String| BOOKKEEPING.iter().any(|known| field.starts_with(known));
        fields.into_iter().filter(|field| !is_bookkeeping(field)).collect()
    }

    fn walk(&self, schema: &Value, path: &str, fields: &mut BTreeSet<String>) {
        let schema = self.resolved(schema);
        if schema["type"] == "array" {
            return self.walk(&schema["items"], path, fields);
        }
        let no_properties = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&no_properties);
        if properties.is_empty() {
            fields.insert(path.to_owned());
        }
        for (name, property) in properties {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            self.walk(property, &path, fields);
        }
    }

    /// Resolves a reference, which may be in an `allOf` beside a default.
    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let reference = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str());
        match reference.and_then(|reference| reference.rsplit('/').next()) {
            Some(name) => &self.0[name],
            None => schema,
        }
    }
}
