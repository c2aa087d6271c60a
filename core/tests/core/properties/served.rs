//! The API server's defaults for a Pod before it calls podwright, for the fields that features read
//! (`k8s.io/kubernetes/pkg/apis/core/v1/defaults.go`). The cluster's tests ask a real API server.

use podwright_core::annotation::quantity::Quantity;
use serde_json::{Map, Value, json};

/// The Pod as the API server would send or return it.
pub fn served(mut pod: Value) -> Value {
    let spec = &mut pod["spec"];
    default(spec, "restartPolicy", json!("Always"));
    default(spec, "terminationGracePeriodSeconds", json!(30));
    items(spec, "volumes").for_each(volume);
    items(spec, "containers").for_each(container);
    items(spec, "initContainers").for_each(container);
    if !spec["resources"]["limits"].is_null() {
        copy_limits(&mut spec["resources"]);
    }
    pod
}

fn items<'p>(parent: &'p mut Value, list: &str) -> impl Iterator<Item = &'p mut Value> {
    parent.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten()
}

/// Sets a default where the field is absent or has Go's zero value.
fn default(object: &mut Value, field: &str, value: Value) {
    let there = object.get(field);
    if there.is_none_or(|there| there.is_null() || *there == json!(0) || *there == json!("")) {
        object[field] = value;
    }
}

fn container(container: &mut Value) {
    default(container, "terminationMessagePath", json!("/dev/termination-log"));
    default(container, "terminationMessagePolicy", json!("File"));
    default(container, "imagePullPolicy", json!("IfNotPresent"));
    items(container, "ports").for_each(|port| default(port, "protocol", json!("TCP")));
    items(container, "env").for_each(variable);
    default(container, "resources", json!({}));
    copy_limits(&mut container["resources"]);
    for kind in ["startupProbe", "readinessProbe", "livenessProbe"] {
        container.get_mut(kind).into_iter().for_each(probe);
    }
    for hook in ["postStart", "preStop"] {
        container.pointer_mut(&format!("/lifecycle/{hook}/httpGet")).into_iter().for_each(http);
    }
}

fn variable(variable: &mut Value) {
    if let Some(field) = variable.pointer_mut("/valueFrom/fieldRef") {
        default(field, "apiVersion", json!("v1"));
    }
    if let Some(resource) = variable.pointer_mut("/valueFrom/resourceFieldRef") {
        default(resource, "divisor", json!("0"));
    }
}

fn probe(probe: &mut Value) {
    for (field, value) in
        [("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3)]
    {
        default(probe, field, json!(value));
    }
    probe.get_mut("httpGet").into_iter().for_each(http);
    if let Some(grpc) = probe.get_mut("grpc").filter(|grpc| grpc["service"].is_null()) {
        grpc["service"] = json!("");
    }
}

fn http(http: &mut Value) {
    default(http, "path", json!("/"));
    default(http, "scheme", json!("HTTP"));
}

fn volume(volume: &mut Value) {
    for kind in ["configMap", "secret", "projected", "downwardAPI"] {
        volume.get_mut(kind).into_iter().for_each(|source| default(source, "defaultMode", json!(0o644)));
    }
    if let Some(source) = volume.get_mut("downwardAPI") {
        items(source, "items")
            .filter_map(|item| item.get_mut("fieldRef"))
            .for_each(|field| default(field, "apiVersion", json!("v1")));
    }
}

/// Writes amounts in another notation, and copies each limit to a missing request.
fn copy_limits(resources: &mut Value) {
    let amounts = |section: &str| -> Map<String, Value> {
        let there = resources[section].as_object().cloned().unwrap_or_default();
        there.into_iter().map(|(name, amount)| (name.clone(), rewritten(&name, &amount))).collect()
    };
    let (limits, mut requests) = (amounts("limits"), amounts("requests"));
    for (name, limit) in &limits {
        requests.entry(name.clone()).or_insert_with(|| limit.clone());
    }
    for (section, amounts) in [("limits", limits), ("requests", requests)] {
        if !amounts.is_empty() {
            resources[section] = Value::Object(amounts);
        }
    }
}

/// The API server's notation differs, but it also rounds to thousandths.
fn rewritten(name: &str, amount: &Value) -> Value {
    let text = amount.as_str().map_or_else(|| amount.to_string(), str::to_owned);
    let unit = if name == "cpu" { "1m" } else { "1" };
    let count = Quantity::parse(&text).zip(Quantity::parse(unit)).and_then(|(amount, unit)| amount.share(100, unit));
    json!(format!("{}{}", count.unwrap(), unit.trim_start_matches('1')))
}
