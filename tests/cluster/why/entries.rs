//! Entries that an operator changed: selectors, match conditions, and calls that must succeed.

use serde_json::{Value, json};

use super::stage::Stage;
use crate::kept::eventually;
use crate::pods::pod;

const PATH: &str = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/00-podwright";

fn change(stage: &Stage, change: impl Fn(&mut Value)) {
    let mut configuration = stage.world.client.send(&format!("GET {PATH}"), &Value::Null).pod();
    configuration["webhooks"].as_array_mut().expect("entries").iter_mut().for_each(change);
    stage.world.client.send(&format!("PUT {PATH}"), &configuration).pod();
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn changed_entries_are_evaluated_or_left_to_the_dry_run() {
    let stage = Stage::new();
    stage.namespace("changed", json!({"labels": {"podwright.dev/inject": "enabled"}}));
    stage.until_injected("changed");
    stage.create("changed", &pod("fresh", &[]));

    // Only the API server can evaluate it, so the dry run is the proof.
    let own = json!({"name": "own", "expression": "!has(object.metadata.name) || object.metadata.name != 'x'"});
    change(&stage, |entry| entry["matchConditions"].as_array_mut().expect("conditions").push(own.clone()));
    let answer = stage.why("pod/fresh", "changed");
    answer.expect("webhook-entry", "unknown", "match condition own is not podwright's");
    answer.is_satisfied().expect("dry-run", "passed", "injects a new Pod");

    change(&stage, |entry| {
        entry["matchConditions"].as_array_mut().expect("conditions").pop();
        entry["objectSelector"] = json!({"matchLabels": {"team": "red"}});
    });
    let answer = stage.why("pod/fresh", "changed");
    answer.cause("webhook-entry", "objectSelector of the entries of 00-podwright leaves out the Pod's labels");
    answer.mend(&stage.world.control_plane, stage.path());

    change(&stage, |entry| {
        entry["objectSelector"] = json!({});
        entry["failurePolicy"] = json!("Fail");
        entry["clientConfig"]["url"] = json!("https://127.0.0.1:1/mutate/default");
    });
    eventually("a required podwright is away", || {
        let answer = stage.why("pod/fresh", "changed");
        let message = answer.step("dry-run")["message"].as_str().unwrap_or_default().to_owned();
        if message.contains("podwright did not answer") { Ok(()) } else { Err(answer.shown) }
    });
    let answer = stage.why("pod/fresh", "changed");
    answer.cause("dry-run", "the API server refuses new Pods: podwright did not answer");
    assert_eq!(answer.commands(), ["podwright check"]);

    stage.world.kubectl(&["delete", "mutatingwebhookconfiguration", "00-podwright"]);
    let answer = stage.why("pod/fresh", "changed");
    answer
        .cause("webhook-entry", "podwright is not installed: MutatingWebhookConfiguration 00-podwright does not exist");
    assert_eq!(answer.commands(), ["podwright install | kubectl apply -f -"]);
    // The installation comes before the opt-in.
    stage.namespace("silent", json!({}));
    let answer = stage.why("ns/silent", "default");
    answer.cause("webhook-entry", "podwright is not installed").expect("opt-in", "skipped", "has no label");
    let answer = super::ask(&stage.world.control_plane, &["check"]);
    answer.cause("installed", "podwright is not installed: neither").expect(
        "other-installations",
        "passed",
        "no other",
    );
    assert_eq!(answer.commands(), ["podwright install | kubectl apply -f -"]);
}

/// An overlay's own namespaceSelector leaves out a Namespace, whatever its opt-in is.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_selector_of_the_operator_comes_before_the_advice_to_opt_in() {
    let stage = Stage::new();
    let out = json!({"key": "team", "operator": "NotIn", "values": ["red"]});
    change(&stage, |entry| {
        entry["namespaceSelector"]["matchExpressions"].as_array_mut().expect("a selector").push(out.clone());
    });
    stage.namespace("red", json!({"labels": {"team": "red"}}));
    stage.namespace("labelled", json!({"labels": {"team": "red", "podwright.dev/profile": "batch"}}));
    for name in ["red", "labelled"] {
        let answer = stage.why(&format!("ns/{name}"), "default");
        answer.cause("webhook-entry", &format!("the entries of 00-podwright leave out the Namespace {name}"));
        assert!(!answer.shown.contains("kubectl label"), "{}", answer.shown);
        answer.mend(&stage.world.control_plane, stage.path());
    }
    // Only the entry for Pods leaves it out: the label is the way in, and the annotation has no effect.
    change(&stage, |entry| {
        let selector = entry["namespaceSelector"]["matchExpressions"].as_array_mut().expect("a selector");
        let is_for_pods = !selector.iter().any(|it| it["key"] == "podwright.dev/inject" && it["operator"] == "In");
        selector.retain(|it| it["key"] != "team" || is_for_pods);
    });
    stage.workload("red", "Deployment", "web", |_| {});
    let answer = stage.why("deployment/web", "red");
    answer.cause("opt-in", "neither the Pod nor the Namespace red opted in");
    assert_eq!(answer.commands(), ["kubectl label --overwrite namespace red podwright.dev/inject=enabled"]);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_refusal_by_others_is_told_and_is_no_cause_for_a_pod_that_is_fine() {
    let stage = super::stage::stage();
    stage.namespace("full", json!({"labels": {"podwright.dev/inject": "enabled"}}));
    stage.until_injected("full");
    stage.create("full", &pod("fresh", &[]));
    let quota = json!({"metadata": {"name": "small"}, "spec": {"hard": {"pods": "0"}}});
    stage.world.client.send("POST /api/v1/namespaces/full/resourcequotas", &quota).pod();
    let status = json!({"status": {"hard": {"pods": "0"}, "used": {"pods": "0"}}});
    stage.world.client.send("PATCH /api/v1/namespaces/full/resourcequotas/small/status", &status).pod();
    eventually("the quota refuses Pods", || {
        let answer = stage.why("pod/fresh", "full");
        let refused = answer.step("dry-run")["result"] == "unknown";
        if refused { Ok(()) } else { Err(answer.shown) }
    });
    let answer = stage.why("pod/fresh", "full");
    answer.is_satisfied().expect("dry-run", "unknown", "for another reason: pods \"");
    answer.expect("dry-run", "unknown", "exceeded quota: small").expect("pods", "passed", "would change nothing now");
}
