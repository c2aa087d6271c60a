//! Causes in a Namespace: its labels, and the entries for them. Each command is run, and mends its cause.

use serde_json::json;

use super::stage::stage;
use super::until_satisfied;
use crate::pods::pod;

/// The cause of a Namespace with this metadata, and its mending.
fn mended(name: &str, metadata: serde_json::Value, step: &str, words: &str, command: &str) {
    let stage = stage();
    stage.namespace(name, metadata);
    let answer = stage.why(&format!("namespace/{name}"), "default");
    answer.cause(step, words);
    assert!(answer.commands().iter().any(|it| it.contains(command)), "{command}: {}", answer.shown);
    answer.mend(&stage.world.control_plane, stage.path());
    until_satisfied(|| stage.why(&format!("ns/{name}"), "default"));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_misspelt_label_is_renamed() {
    let labels = json!({"labels": {"podwright.io/inject": "enabled"}});
    let command = "kubectl label --overwrite namespace misspelt podwright.io/inject- podwright.dev/inject=enabled";
    mended("misspelt", labels, "opt-in", "podwright.io/inject in metadata.labels", command);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn an_unknown_value_is_corrected() {
    let labels = json!({"labels": {"podwright.dev/inject": "yes"}});
    mended("unknown-value", labels, "opt-in", "unknown value \"yes\"", "podwright.dev/inject=enabled");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn an_unknown_profile_becomes_the_nearest_one() {
    let labels = json!({"labels": {"podwright.dev/profile": "wbe"}});
    mended("unknown-profile", labels, "opt-in", "unknown value \"wbe\"", "podwright.dev/profile=web");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn an_annotation_in_place_of_the_label_becomes_a_label() {
    let annotations = json!({"annotations": {"podwright.dev/inject": "enabled"}});
    mended(
        "annotated",
        annotations,
        "opt-in",
        "podwright.dev/inject in metadata.annotations",
        "podwright.dev/inject=enabled",
    );
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_profile_without_an_entry_gets_one() {
    let labels = json!({"labels": {"podwright.dev/profile": "batch"}});
    mended(
        "no-entry",
        labels,
        "webhook-entry",
        "profile: batch has no entry in 00-podwright",
        "--namespace-profile batch,default,web",
    );
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn an_opt_out_and_an_absent_opt_in_are_told_apart() {
    let labels = json!({"labels": {"podwright.dev/inject": "disabled"}});
    mended(
        "opted-out",
        labels,
        "opt-in",
        "opted out by its label podwright.dev/inject: disabled",
        "podwright.dev/inject=enabled",
    );
    mended("silent", json!({}), "opt-in", "has no label", "podwright.dev/inject=enabled");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_namespace_that_the_entries_leave_out_is_named() {
    let stage = stage();
    stage.world.client.create_service_account("kube-system", "default");
    stage.create("kube-system", &pod("left-out", &[("podwright.dev/inject", "true")]));
    let answer = stage.why("pod/left-out", "kube-system");
    answer.cause("webhook-entry", "leave out the Namespace kube-system").expect("opt-in", "passed", "annotation");
}

/// A label has no effect in a Namespace that the entries leave out, so no remedy advises one.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn nobody_is_advised_to_opt_in_where_an_opt_in_has_no_effect() {
    let stage = stage();
    for name in ["kube-system", "podwright-system"] {
        let answer = stage.why(&format!("ns/{name}"), "default");
        answer.cause("webhook-entry", &format!("leave out the Namespace {name}")).expect("opt-in", "skipped", name);
        assert_eq!(answer.commands(), [""; 0], "{}", answer.shown);
        assert!(!answer.shown.contains("kubectl label"), "{}", answer.shown);
    }
    stage.world.client.create_service_account("kube-system", "default");
    stage.create("kube-system", &pod("silent", &[]));
    let answer = stage.why("pod/silent", "kube-system");
    answer.cause("webhook-entry", "leave out the Namespace kube-system");
    assert!(!answer.shown.contains("kubectl label") && !answer.shown.contains("kubectl annotate"), "{}", answer.shown);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn an_absent_object_or_an_unknown_kind_is_an_error() {
    let stage = stage();
    for (object, words) in [
        ("pod/absent", "Pod default/absent does not exist"),
        ("ns/absent", "Namespace absent does not exist"),
        ("deployment/absent", "Deployment default/absent does not exist"),
        ("service/kubernetes", "unknown kind \"service\""),
        ("web", "expected KIND/NAME with a name of"),
        // Not a query of the API.
        ("pod/web?watch=true", "expected KIND/NAME with a name of"),
    ] {
        let answer = stage.why(object, "default");
        assert!(answer.code == Some(2) && answer.shown.contains(words), "{object}: {}", answer.shown);
    }
}
