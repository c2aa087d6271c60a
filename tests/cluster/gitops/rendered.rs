//! Rendered objects, as GitOps tools read them from `helm template` and kustomize.

use std::collections::BTreeSet;

use serde_json::Value;
use xtask::helm::Helm;

use super::tool::path;
use super::{NAMESPACE, installed};
use crate::chart::templated;

/// Objects with every value that adds or renames some, and those of the manifests.
fn all() -> Vec<Vec<Value>> {
    let chart = |values| templated(Helm::Three, NAMESPACE, &["--set", values]);
    vec![
        chart("strict=true"),
        chart("dashboard.enabled=true,podMonitor.enabled=true,prometheusRule.enabled=true"),
        chart("certificates.source=certManager"),
        chart("certificates.source=mounted"),
        installed(&[]),
        installed(&["--component=cert-manager,strict,host-network".to_owned()]),
    ]
}

/// Of two objects with one name, Argo CD takes the last one, and `kubectl apply` overwrites the first one.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn no_object_is_rendered_twice() {
    for objects in all() {
        let paths: Vec<String> = objects.iter().map(path).collect();
        let distinct: BTreeSet<&String> = paths.iter().collect();
        assert_eq!(distinct.len(), paths.len(), "{paths:?}");
        assert!(paths.iter().any(|path| path.ends_with("/mutatingwebhookconfigurations/00-podwright")), "{paths:?}");
    }
}

/// Argo CD creates a wave when the previous one is healthy, and deletes in reverse order. So API servers call podwright only
/// while it serves, and the admission policy guards its rights from the start.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn webhook_configurations_come_last_and_the_policy_first() {
    for objects in all() {
        for object in objects {
            let wave = object["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"].as_str();
            let expected = match object["kind"].as_str().expect("a kind") {
                kind if kind.starts_with("ValidatingAdmissionPolicy") => Some("-1"),
                kind if kind.ends_with("WebhookConfiguration") => Some("1"),
                _ => None,
            };
            assert_eq!(wave, expected, "{}", path(&object));
        }
    }
}

/// The chart accepts the values of the page's examples, and renders the entry of their profile.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_pages_values_are_the_charts() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/gitops.md")).unwrap();
    let blocks = page.split("\n```yaml\n").skip(1).filter_map(|block| block.split("\n```").next());
    let objects: Vec<Value> = blocks.map(|block| serde_saphyr::from_str(block).expect("YAML")).collect();
    let values = objects.iter().flat_map(|object| {
        let spec = &object["spec"];
        [&spec["values"], &spec["source"]["helm"]["valuesObject"]].into_iter().filter(|values| !values.is_null())
    });
    let values: Vec<&Value> = values.collect();
    assert_eq!(values.len(), 2, "one for Argo CD, and one for Flux");
    let folder = xtask::scratch::Scratch::new().unwrap();
    for values in values {
        let file = folder.write("values.json", &values.to_string()).unwrap();
        let objects = templated(Helm::Three, NAMESPACE, &["--values", file.to_str().unwrap()]);
        let entries = objects.iter().filter_map(|object| object["webhooks"].as_array()).flatten();
        assert!(entries.into_iter().any(|entry| entry["name"] == "batch.profiles.podwright.dev"));
    }
}
