//! Causes of one Pod: missed, out of date, left alone, denied.

use serde_json::{Value, json};

use super::stage::{CONFIGURATION, Stage, stage, wait_for_the_next_second};
use super::until_satisfied;
use crate::inventory::cast::owned;
use crate::pods::pod;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_pod_older_than_its_namespaces_opt_in_is_created_anew() {
    let (stage, manifest) = (stage(), pod("early", &[]));
    stage.namespace("before", json!({}));
    stage.create("before", &manifest);
    wait_for_the_next_second();
    stage.world.label("before", "podwright.dev/inject=enabled");
    stage.until_injected("before");
    let answer = stage.why("pod/early", "before");
    answer.cause("pods", "created before the Namespace's labels were last written");
    answer.expect("pods", "failed", "The labels of the Namespace were last written at 20");
    answer.expect("dry-run", "passed", "injects a new Pod with the profile default");
    // The manifest names no Namespace, as usual.
    stage.folder.write("pod.yaml", &manifest.to_string()).expect("written");
    answer.mend(&stage.world.control_plane, stage.path());
    stage.why("pod/early", "before").is_satisfied().expect(
        "pods",
        "passed",
        "injected the Pod with the profile default",
    );
    // The whole Namespace is as it should be, too.
    stage.why("namespace/before", "before").is_satisfied().expect("pods", "passed", "1 Pod: 1 injected");
}

/// Sends the calls of all entries to this URL.
fn redirect(stage: &Stage, url: &str) {
    let path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/00-podwright";
    let mut configuration = stage.world.client.send(&format!("GET {path}"), &Value::Null).pod();
    for entry in configuration["webhooks"].as_array_mut().expect("entries") {
        let old = entry["clientConfig"]["url"].as_str().expect("a URL").to_owned();
        let (_, path) = old.split_once("/mutate").expect("a path");
        entry["clientConfig"]["url"] = json!(format!("{url}/mutate{path}"));
    }
    stage.world.client.send(&format!("PUT {path}"), &configuration).pod();
}

fn until(stage: &Stage, namespace: &str, injected: bool) {
    crate::kept::eventually("the API server heeds the URL", || {
        let made = stage.world.client.dry_run(namespace, &pod("canary", &[])).pod();
        let is = made["metadata"]["annotations"]["podwright.dev/status"].is_string();
        if is == injected { Ok(()) } else { Err(made.to_string()) }
    });
}

/// The Deployment `web` with its ReplicaSet and a Pod of it, as controllers make them.
fn deployment(stage: &Stage, namespace: &str, pod_name: &str) {
    let reference = |version: &str, kind: &str, name: &str| json!({"apiVersion": version, "kind": kind, "name": name});
    stage.workload(namespace, "Deployment", "web", |_| ());
    stage.workload(namespace, "ReplicaSet", "web-1", |object| {
        let mut owner = reference("apps/v1", "Deployment", "web");
        owner["uid"] = json!("705ab4f5-6393-11e8-b7cc-42010a800003");
        owner["controller"] = json!(true);
        object["metadata"]["ownerReferences"] = json!([owner]);
    });
    stage.create(namespace, &of_web(pod_name));
}

fn of_web(name: &str) -> Value {
    let mut pod = owned(name, &json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1"}));
    pod["metadata"]["labels"] = json!({"app": "web"});
    pod
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_pod_missed_while_podwright_was_away_is_found_and_restarted() {
    let stage = Stage::new();
    let (url, client) = (stage.world.webhook.url().to_owned(), &stage.world.client);
    stage.namespace("away", json!({"labels": {"podwright.dev/inject": "enabled"}}));
    stage.until_injected("away");
    redirect(&stage, "https://127.0.0.1:1");
    until(&stage, "away", false);
    deployment(&stage, "away", "web-1-a");
    // Nobody answers, and the API server fails open: a dry run shows it.
    let answer = stage.why("pod/web-1-a", "away");
    answer.cause(
        "dry-run",
        "the API server admits a new Pod without podwright: its call by namespaces.podwright.dev fails",
    );
    answer.expect("trust", "unknown", "cannot be reached from here");

    redirect(&stage, &url);
    until(&stage, "away", true);
    for object in ["pod/web-1-a", "replicaset/web-1", "deployment/web"] {
        let answer = stage.why(object, "away");
        answer.cause("pods", "podwright was not called, or did not answer (failurePolicy: Ignore)");
        answer.expect("fail-open", "warning", "failed calls to podwright");
        assert_eq!(answer.commands(), ["kubectl rollout restart deployment.apps/web -n away"], "{object}");
    }
    stage.why("deployment/web", "away").mend(&stage.world.control_plane, stage.path());
    let restarted = client.send("GET /apis/apps/v1/namespaces/away/deployments/web", &Value::Null).pod();
    let annotations = &restarted["spec"]["template"]["metadata"]["annotations"];
    assert!(annotations["kubectl.kubernetes.io/restartedAt"].is_string(), "{annotations}");
    // As the controllers do it after the restart.
    let deleted = stage.world.kubectl(&["delete", "pod", "web-1-a", "-n", "away", "--grace-period=0", "--force"]);
    assert!(deleted.status.success());
    stage.create("away", &of_web("web-1-b"));
    stage.why("deployment/web", "away").is_satisfied().expect("pods", "passed", "1 of 1 Pods are as new ones would be");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_pod_of_an_older_profile_names_the_settings_that_differ() {
    let stage = Stage::new();
    stage.namespace("older", json!({"labels": {"podwright.dev/profile": "web"}}));
    stage.until_injected("older");
    deployment(&stage, "older", "web-1-a");
    stage.why("pod/web-1-a", "older").is_satisfied();
    // The ConfigMap arrives before the replica uses it.
    let newer = CONFIGURATION.replace("web: {extends: default}", "web: {extends: default, limits: {memory: 256Mi}}");
    assert_ne!(newer, CONFIGURATION);
    let map = json!({"data": {"configuration.yaml": newer}});
    stage.world.client.send("PATCH /api/v1/namespaces/podwright-system/configmaps/podwright", &map).pod();
    stage
        .why("pod/web-1-a", "older")
        .cause("dry-run", "not as the cluster's configuration says. It would: add limits of app");

    stage.configure(&newer);
    crate::kept::eventually("the replica has the new profile", || {
        let answer = stage.why("pod/web-1-a", "older");
        let is = answer.steps().iter().any(|step| step["step"] == "pods");
        if is { Ok(()) } else { Err(answer.shown) }
    });
    stage.why("pod/web-1-a", "older").cause("pods", "a new one would add limits of app");
    let answer = stage.why("deployment/web", "older");
    answer.cause("pods", "1 Pod out of date: a new Pod would add limits of app (such as web-1-a)");
    assert_eq!(answer.commands(), ["kubectl rollout restart deployment.apps/web -n older"]);
    let of_all = stage.why("namespace/older", "older");
    of_all.cause("pods", "1 out of date").expect("pods", "failed", "podwright why deployment.apps/web -n older");
    assert_eq!(of_all.commands(), ["podwright inventory -n older -o name | xargs -r kubectl rollout restart -n older"]);
    of_all.mend(&stage.world.control_plane, stage.path());
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_pod_of_a_foreign_controller_is_left_alone_by_a_rule() {
    let stage = stage();
    stage.namespace("foreign", json!({"labels": {"podwright.dev/inject": "enabled"}}));
    stage.until_injected("foreign");
    stage.create("foreign", &owned("orders", &json!({"apiVersion": "db.io/v1", "kind": "Postgres", "name": "orders"})));
    let answer = stage.why("pod/orders", "foreign");
    answer.cause("pods", "podwright leaves the Pod alone");
    answer.expect("dry-run", "skipped", "podwright leaves a new Pod alone");
    answer.mend(&stage.world.control_plane, stage.path());
    assert_eq!(answer.commands(), ["podwright explain OtherController"]);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_pod_with_everything_or_one_that_has_ended_is_as_it_should_be() {
    let stage = stage();
    stage.namespace("fine", json!({"labels": {"podwright.dev/inject": "enabled"}}));
    stage.until_injected("fine");
    stage.create("fine", &pod("fresh", &[]));
    let fresh = stage.why("pod/fresh", "fine");
    fresh.is_satisfied().expect("opt-in", "passed", "podwright.dev/inject: enabled");
    fresh.expect("pods", "passed", "In force in app: downward-env, downward-volume, pre-stop-sleep, requests");
    stage.create("fine", &pod("own", &[("podwright.dev/profile", "batch")]));
    stage.why("pod/own", "fine").is_satisfied().expect("pods", "passed", "with the profile batch");
    until_satisfied(|| stage.why("pods/fresh", "fine"));
}
