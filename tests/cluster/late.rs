//! An opt-in without effect: an unknown value of a Namespace's label, or annotations on an existing Pod.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::pods::{pod, sleeps};
use crate::world::{text, world};

/// kubectl's standard error, for a command that must succeed.
fn said(arguments: &[&str]) -> String {
    let told = world().kubectl(arguments);
    assert!(told.status.success(), "{arguments:?}: {}", text(&told.stderr));
    text(&told.stderr)
}

fn namespace(name: &str, label: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"podwright.dev/inject": label}}})
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_namespace_with_true_or_false_is_enabled_or_disabled_in_silence() {
    let sent = pod("asks", &[("podwright.dev/pre-stop-sleep", "5s")]);
    for (name, label) in [("label-true", "true"), ("label-false", "false")] {
        world().namespace(name);
        assert_eq!(said(&["label", "namespace", name, &format!("podwright.dev/inject={label}")]), "");
        let silent = world().client.dry_run(name, &pod("silent", &[])).pod().clone();
        assert_eq!(sleeps(&silent["spec"]["containers"][0]), label == "true", "{label}");
        let asked = world().client.dry_run(name, &sent).pod().clone();
        assert_eq!(sleeps(&asked["spec"]["containers"][0]), label == "true", "{label}");
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_label_that_opts_nothing_in_is_answered_with_a_warning() {
    let applied = world().apply(&namespace("label-disable", "disable"), &[]);
    let told = text(&applied.stderr);
    assert!(applied.status.success() && told.contains("Did you mean disabled? [UnknownOptIn]"), "{told}");
    let label = |value: &str| {
        let label = format!("podwright.dev/inject={value}");
        said(&["label", "namespace", "label-disable", "--overwrite", &label])
    };
    assert_eq!(label("enabled"), "");
    // The selectors of the other entries now exclude it; this selector ignores podwright's label.
    assert_eq!(label("disabled"), "");
    assert!(label("yes").ends_with("Did you mean enabled? [UnknownOptIn]\n"));
    assert!(label("web").contains("Did you mean podwright.dev/profile: web?"), "a profile's name");
    assert_eq!(said(&["label", "namespace", "label-disable", "podwright.dev/inject-"]), "", "taken away");
    // A known profile is silent, also for a Namespace that leaves podwright out.
    let profile = |value: &str| {
        said(&["label", "namespace", "label-disable", "--overwrite", &format!("podwright.dev/profile={value}")])
    };
    assert_eq!(profile("web"), "");
    assert!(profile("wbe").ends_with("Did you mean web? [UnknownNamespaceProfile]\n"), "{}", profile("wbee"));
    assert_eq!(said(&["label", "namespace", "label-disable", "podwright.dev/profile-"]), "", "taken away");
    let annotated = said(&["annotate", "namespace", "label-disable", "podwright.dev/inject=enabled"]);
    assert!(annotated.ends_with("[NotReadOnNamespaces]\n"), "{annotated}");
    assert_eq!(said(&["label", "namespace", "label-disable", "a=b"]).lines().count(), 1, "said again with each change");
    let key = said(&["label", "namespace", "label-disable", "podwright.dev/injects=enabled"]);
    assert!(key.contains("podwright.dev/injects in metadata.labels of the Namespace: "), "{key}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_pod_that_is_annotated_after_its_creation_is_answered_with_a_warning() {
    let on = ["-n", "late"];
    world().namespace("late");
    assert!(world().apply(&pod("late", &[]), &on).status.success());
    let annotate = |pairs: &[&str]| said(&[&["annotate", "pod", "late", "--overwrite"], pairs, &on].concat());
    let first = annotate(&["podwright.dev/inject=true", "podwright.dev/profil=web", "a=b"]);
    assert_eq!(
        first,
        "Warning: podwright.dev/inject, podwright.dev/profil in metadata.annotations of the Pod: podwright reads annotations \
         only when a Pod is created, so this change has no effect. Change the Pod template instead. [ReadAtCreation]\n"
    );
    assert!(annotate(&["podwright.dev/inject=false"]).starts_with("Warning: podwright.dev/inject in "), "changed");
    assert!(annotate(&["podwright.dev/profil-"]).starts_with("Warning: podwright.dev/profil in "), "taken away");
    assert_eq!(annotate(&["a=c"]), "", "another one's");
    assert_eq!(annotate(&["podwright.dev/status={}"]), "", "the status");
    let labelled = said(&[&["label", "pod", "late", "podwright.dev/inject=true"][..], &on].concat());
    assert!(labelled.ends_with("[LabelNotAnnotation]\n"), "{labelled}");
    let status =
        world().client.send("PATCH /api/v1/namespaces/late/pods/late/status", &json!({"status": {"phase": "Failed"}}));
    assert_eq!((status.status, status.warnings), (200, Vec::new()));
    assert!(said(&[&["delete", "pod", "late", "--wait=false"][..], &on].concat()).is_empty());
}

fn definition(group: &str, kind: &str, plural: &str) -> Value {
    let schema = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
    json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{group}"), "annotations": {"api-approved.kubernetes.io": "unapproved, test"}},
        "spec": {"group": group, "scope": "Namespaced", "names": {"kind": kind, "plural": plural},
            "versions": [{"name": "v1alpha1", "served": true, "storage": true, "schema": schema}]}})
}

/// Applies an object until kubectl's output matches: the API server must first know its kind and the configuration.
fn applied(object: &Value, until: impl Fn(&str) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let applied = world().apply(object, &["-n", "any-kind", "--dry-run=server"]);
        let told = text(&applied.stderr);
        if applied.status.success() && until(&told) {
            return;
        }
        assert!(Instant::now() < deadline, "{told}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn kinds_of_others_are_sent_and_the_list_can_be_extended() {
    world().namespace("any-kind");
    for (group, kind, plural) in [("argoproj.io", "Rollout", "rollouts"), ("example.com", "Widget", "widgets")] {
        let told = world().apply(&definition(group, kind, plural), &[]);
        assert!(told.status.success(), "{}", text(&told.stderr));
        let template = json!({"metadata": {"annotations": {"podwright.dev/liveness-prob": "tcp"}},
            "spec": {"containers": [{"name": "app", "image": "registry.example.com/app:1"}]}});
        let object = json!({"apiVersion": format!("{group}/v1alpha1"), "kind": kind, "metadata": {"name": "web"},
            "spec": {"template": template}});
        if kind == "Widget" {
            applied(&object, |told| told.is_empty());
            let patch = json!([{"op": "add", "path": "/webhooks/0/rules/-", "value": {"operations": ["CREATE", "UPDATE"],
                "apiGroups": [group], "apiVersions": ["*"], "resources": [plural], "scope": "Namespaced"}}]);
            let patch = patch.to_string();
            said(&["patch", "validatingwebhookconfiguration", "00-podwright", "--type=json", "-p", &patch]);
        }
        let start = format!("Warning: podwright would deny the Pods of this {kind}: podwright.dev/liveness-prob: ");
        applied(&object, |told| told.starts_with(&start) && told.ends_with("[PodsDenied]\n"));
        let misplaced = json!({"apiVersion": format!("{group}/v1alpha1"), "kind": kind,
            "metadata": {"name": "web", "annotations": {"podwright.dev/inject": "true"}}, "spec": {"template": "none"}});
        applied(&misplaced, |told| {
            told.ends_with("and this object has none. Annotate the Pod template. [NoPodTemplate]\n")
        });
    }
}
