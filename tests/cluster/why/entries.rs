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
    answer.cause("webhook-entry", "does not exist or has no entry for Pods, so the API server never calls podwright");
    assert_eq!(answer.commands(), ["podwright install | kubectl apply -f -"]);
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
