//! Causes in a workload's template: keys in a wrong place or form, opt-outs, and invalid values. Each command is run.

use serde_json::{Value, json};

use super::stage::stage;
use super::until_satisfied;

/// The cause of a Deployment with this change, and its mending. No controller runs, so it has no Pods.
fn mended(name: &str, namespace: Value, change: impl Fn(&mut Value), (step, words, command): (&str, &str, &str)) {
    let stage = stage();
    stage.namespace(name, namespace);
    stage.workload(name, "Deployment", "web", change);
    let answer = stage.why("deployment/web", name);
    answer.cause(step, words);
    assert!(answer.commands().iter().any(|it| it.contains(command)), "{command}: {}", answer.shown);
    answer.mend(&stage.world.control_plane, stage.path());
    until_satisfied(|| {
        let answer = stage.why("deploy/web", name);
        answer.expect("pods", "skipped", "has no Pods");
        answer
    });
}

fn annotate(object: &mut Value, annotations: Value) {
    object["spec"]["template"]["metadata"]["annotations"] = annotations;
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_misspelt_annotation_is_renamed() {
    let change = |object: &mut Value| annotate(object, json!({"podwrigth.dev/injcet": "true"}));
    let patch = r#"{"podwright.dev/inject":"true","podwrigth.dev/injcet":null}"#;
    mended(
        "misspelt-key",
        json!({}),
        change,
        ("opt-in", "podwrigth.dev/injcet in metadata.annotations of the Pod", patch),
    );
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn an_annotation_of_the_workload_is_set_on_the_template() {
    let change = |object: &mut Value| object["metadata"]["annotations"] = json!({"podwright.dev/profile": "web"});
    let words = "podwright.dev/profile in metadata.annotations of the Deployment";
    mended("on-workload", json!({}), change, ("opt-in", words, r#"{"podwright.dev/profile":"web"}"#));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_label_of_the_template_becomes_an_annotation() {
    let change = |object: &mut Value| {
        object["spec"]["template"]["metadata"]["labels"]["podwright.dev/inject"] = json!("enabled");
    };
    let words = "podwright.dev/inject in metadata.labels of the Pod";
    mended("a-label", json!({}), change, ("opt-in", words, r#"{"podwright.dev/inject":"true"}"#));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_template_that_asks_for_nothing_is_opted_in() {
    mended(
        "no-key",
        json!({}),
        |_| (),
        ("opt-in", "neither the Pod nor the Namespace no-key opted in", r#"{"podwright.dev/inject":"true"}"#),
    );
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn an_opt_out_in_an_opted_in_namespace_is_removed() {
    let change = |object: &mut Value| annotate(object, json!({"podwright.dev/inject": "false"}));
    let labels = json!({"labels": {"podwright.dev/inject": "enabled"}});
    mended(
        "pod-out",
        labels,
        change,
        ("opt-in", "the Pod opted out by its annotation", r#"{"podwright.dev/inject":null}"#),
    );
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn an_invalid_value_is_named_with_the_accepted_ones() {
    let change = |object: &mut Value| {
        annotate(object, json!({"podwright.dev/inject": "true", "podwright.dev/pre-stop-sleep": "soon"}));
    };
    let words = "podwright denies the Pod: podwright.dev/pre-stop-sleep: invalid duration \\\"soon\\\"";
    let words = words.replace("\\\"", "\"");
    mended("invalid", json!({}), change, ("profile", &words, r#"{"podwright.dev/pre-stop-sleep":null}"#));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_profile_that_does_not_exist_is_a_fault_of_the_annotation() {
    let change = |object: &mut Value| {
        annotate(object, json!({"podwright.dev/profile": "wbe", "podwright.dev/requests": "cpu=1"}))
    };
    mended("no-profile", json!({}), change, ("profile", "podwright.dev/profile", r#"{"podwright.dev/profile":null}"#));
}

/// Argo CD and Flux would revert a change of a workload or Namespace. `why` names only the source of the object that the remedy
/// changes.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn why_names_the_source_in_git_of_the_changed_object() {
    let stage = stage();
    let by_flux = |label: &str, value: &str| {
        json!({"labels": {"kustomize.toolkit.fluxcd.io/name": "tenants",
            "kustomize.toolkit.fluxcd.io/namespace": "fleet", label: value}})
    };
    let argo = "Argo CD's Application shop applies deployment.apps/web. Make the same change in Git";
    let flux = "Flux's Kustomization fleet/tenants applies the Namespace";
    for (namespace, labels, words, other) in [
        ("in-git", by_flux("team", "shop"), argo, flux),
        ("out-in-git", by_flux("podwright.dev/inject", "disabled"), flux, argo),
    ] {
        stage.namespace(namespace, labels);
        let id = format!("shop:apps/Deployment:{namespace}/web");
        stage.workload(namespace, "Deployment", "web", |object| {
            object["metadata"]["annotations"] = json!({"argocd.argoproj.io/tracking-id": id});
        });
        let answer = stage.why("deployment/web", namespace);
        answer.cause("opt-in", "opted ");
        assert!(answer.shown.contains(words) && !answer.shown.contains(other), "{}", answer.shown);
    }
}
