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
