//! Several webhooks and two rounds.

use serde_json::{Value, json};

use super::late_webhook::{self, ADD_CONTAINER, LATE, OPT_IN, REPLACE_PROBE, TELL_PROBE};
use super::{INJECT, WEB, merge, status};
use crate::pods::{env_names, pod, sleeps};
use crate::world::world;

/// The webhooks of a round in the audit log, in order, and whether each changed the Pod.
fn round(event: &Value, round: usize) -> Vec<(String, bool)> {
    let annotations = event["annotations"].as_object().unwrap();
    let prefix = format!("mutation.webhook.admission.k8s.io/round_{round}_index_");
    let of_round = annotations.iter().filter(|(key, _)| key.starts_with(&prefix));
    let calls = of_round.map(|(_, call)| serde_json::from_str::<Value>(call.as_str().unwrap()).unwrap());
    calls.map(|call| (call["webhook"].as_str().unwrap().to_owned(), call["mutated"] == true)).collect()
}

/// The paths of podwright's patch in a round.
fn patched(event: &Value, round: usize) -> Vec<String> {
    let annotations = event["annotations"].as_object().unwrap();
    let prefix = format!("patch.webhook.admission.k8s.io/round_{round}_index_");
    let patches = annotations.iter().filter(|(key, _)| key.starts_with(&prefix));
    let patches = patches.map(|(_, patch)| serde_json::from_str::<Value>(patch.as_str().unwrap()).unwrap());
    let ours = patches.filter(|patch| patch["webhook"] == "pods.podwright.dev").map(|patch| patch["patch"].clone());
    ours.flat_map(|patch| patch.as_array().cloned().unwrap_or_default())
        .map(|operation| operation["path"].as_str().unwrap().to_owned())
        .collect()
}

fn only_event(pod: &str) -> Value {
    let mut events = world().audit_of(pod);
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

fn ours_and_theirs(ours: bool, theirs: bool) -> Vec<(String, bool)> {
    vec![("pods.podwright.dev".to_owned(), ours), ("late.example.com".to_owned(), theirs)]
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_04_a_second_round_adds_no_volume_twice() {
    late_webhook::namespace("row-04");
    let mut asks = pod("row-04", &[WEB, (LATE, ADD_CONTAINER), ("podwright.dev/limits", "memory=1Gi")]);
    merge(&mut asks["spec"]["containers"][0], &json!({"ports": [{"name": "http", "containerPort": 8080}]}));
    let fitted = world().client.create("row-04", &asks).pod();
    let volumes = fitted["spec"]["volumes"].as_array().unwrap();
    assert_eq!(volumes.iter().filter(|volume| volume["name"] == "downward-api-pod-info").count(), 1, "{fitted}");
    let containers = fitted["spec"]["containers"].as_array().unwrap();
    assert_eq!(containers.len(), 2);
    for container in containers {
        assert_eq!(env_names(container).len(), 6, "{container}");
        let mounts = container["volumeMounts"].as_array().unwrap();
        assert_eq!(mounts.iter().filter(|mount| mount["mountPath"] == "/etc/podinfo").count(), 1, "{container}");
        assert!(sleeps(container) && container["livenessProbe"]["httpGet"]["path"] == "/healthz", "{container}");
        assert_eq!(container["resources"]["requests"]["memory"], "128Mi", "{container}");
    }
    let event = only_event("row-04");
    assert_eq!(round(&event, 0), ours_and_theirs(true, true));
    assert_eq!(round(&event, 1).first(), ours_and_theirs(true, false).first());
    let paths = patched(&event, 1);
    let late = |path: &String| path.starts_with("/spec/containers/1/") || path.contains("podwright.dev~1status");
    assert!(paths.len() > 4 && paths.iter().all(late), "only the late container and the status: {paths:?}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_04_a_second_round_with_nothing_to_do_has_no_patch() {
    late_webhook::namespace("row-04-nothing");
    let mut asks = pod("row-04-nothing", &[INJECT, (LATE, TELL_PROBE)]);
    merge(&mut asks["spec"]["containers"][0], &json!({"ports": [{"name": "http", "containerPort": 8080}]}));
    world().client.create("row-04-nothing", &asks).pod();
    let event = only_event("row-04-nothing");
    assert_eq!(round(&event, 1).first(), ours_and_theirs(false, false).first(), "{event}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_05_a_forged_status_changes_nothing() {
    let world = world();
    world.namespace("row-05");
    let forged = r#"{"version":"99.0.0","profile":"web","inForce":{"downward-env":["app"],"pre-stop-sleep":["app"]}}"#;
    let honest = world.client.dry_run("row-05", &pod("row-05", &[INJECT])).pod();
    for forged in
        [forged, "injected", "", "{", honest["metadata"]["annotations"]["podwright.dev/status"].as_str().unwrap()]
    {
        let told = world.client.dry_run("row-05", &pod("row-05", &[INJECT, ("podwright.dev/status", forged)])).pod();
        assert_eq!(told["spec"]["containers"][0]["env"], honest["spec"]["containers"][0]["env"], "{forged}");
        assert!(sleeps(&told["spec"]["containers"][0]), "{forged}");
        assert_eq!(told["metadata"]["annotations"], honest["metadata"]["annotations"], "{forged}");
    }
    let alone = world.client.dry_run("row-05", &pod("row-05", &[("podwright.dev/status", forged)])).pod();
    assert!(alone["spec"]["containers"][0]["env"].is_null(), "a status asks for nothing");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_06_it_is_called_first_and_not_again_where_its_conditions_did_not_match() {
    late_webhook::namespace("row-06");
    world().client.create("row-06", &pod("row-06-first", &[INJECT, (LATE, TELL_PROBE)])).pod();
    assert_eq!(round(&only_event("row-06-first"), 0), ours_and_theirs(true, true));
    // Documented: a webhook that opts a Pod in must come before podwright's.
    let opted_in_late = world().client.create("row-06", &pod("row-06-late", &[(LATE, OPT_IN)])).pod();
    assert_eq!(opted_in_late["metadata"]["annotations"][INJECT.0], "true");
    assert!(opted_in_late["spec"]["containers"][0]["env"].is_null(), "{opted_in_late}");
    let event = only_event("row-06-late");
    assert!((0..2).all(|n| round(&event, n).iter().all(|(webhook, _)| webhook == "late.example.com")), "{event}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_07_webhooks_that_come_later_see_the_probes() {
    late_webhook::namespace("row-07");
    let mut asks = pod("row-07", &[INJECT, (LATE, TELL_PROBE)]);
    merge(&mut asks["spec"]["containers"][0], &json!({"ports": [{"name": "http", "containerPort": 8080}]}));
    let fitted = world().client.create("row-07", &asks).pod();
    let saw: Value =
        serde_json::from_str(fitted["metadata"]["annotations"]["example.com/saw"].as_str().unwrap()).unwrap();
    assert_eq!(saw["tcpSocket"]["port"], 8080, "{fitted}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_07_a_container_that_comes_later_gets_its_turn() {
    late_webhook::namespace("row-07-late");
    let asks = [
        INJECT,
        (LATE, ADD_CONTAINER),
        ("late.podwright.dev/pre-stop-sleep", "10s"),
        ("podwright.dev/containers", "app,late,never"),
    ];
    let answer = world().client.create("row-07-late", &pod("row-07-late", &asks));
    let stale = answer.warnings.iter().find(|warning| warning.contains("never"));
    assert!(stale.is_some(), "a name that no container has is still said: {:?}", answer.warnings);
    let fitted = answer.pod();
    let [app, late] = [0, 1].map(|n| &fitted["spec"]["containers"][n]);
    assert!(sleeps(app) && late["lifecycle"]["preStop"]["sleep"]["seconds"] == 10, "{fitted}");
    assert_eq!(fitted["spec"]["terminationGracePeriodSeconds"], 35, "by then it might as well be the author's");
    assert_eq!(late["readinessProbe"]["tcpSocket"]["port"], 9000, "{late}");
    assert_eq!(status(&fitted, "/inForce/pre-stop-sleep"), json!(["app", "late"]));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_15_what_another_mutator_sets_later_is_not_fought_over() {
    late_webhook::namespace("row-15");
    let mut asks = pod("row-15", &[INJECT, (LATE, REPLACE_PROBE)]);
    merge(&mut asks["spec"]["containers"][0], &json!({"ports": [{"name": "http", "containerPort": 8080}]}));
    let fitted = world().client.create("row-15", &asks).pod();
    assert_eq!(fitted["spec"]["containers"][0]["readinessProbe"]["httpGet"]["path"], "/theirs", "{fitted}");
    assert_eq!(status(&fitted, "/kept/readiness-probe"), json!(["app"]));
    assert_eq!(patched(&only_event("row-15"), 1), ["/metadata/annotations/podwright.dev~1status"]);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_39_the_audit_values_are_the_same_in_both_rounds() {
    late_webhook::namespace("row-39");
    let asks = pod("row-39", &[WEB, (LATE, ADD_CONTAINER)]);
    world().client.create("row-39", &asks).pod();
    let event = only_event("row-39");
    let ours = |key: &str| event["annotations"][format!("pods.podwright.dev/{key}")].clone();
    assert_eq!(round(&event, 1).first(), ours_and_theirs(true, false).first(), "there were two rounds: {event}");
    assert_eq!([ours("profile"), ours("version")], ["web", env!("CARGO_PKG_VERSION")]);
    let log = std::fs::read_to_string(world().control_plane.folder().join("kube-apiserver.log")).unwrap();
    let refused = log.lines().filter(|line| line.contains("it has already been set") && line.contains("podwright.dev"));
    assert_eq!(refused.collect::<Vec<_>>(), [""; 0], "the server says so in its log where it refuses a value");
}

/// The API server allows 4,096 characters for all warnings, cuts each at 256 beyond that, and drops a warning with a
/// control character.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_39_every_warning_arrives_whole() {
    let world = world();
    world.namespace("row-39-warnings");
    let asks = [
        ("podwright.dev/downward-env", "POD_IP,A=limits.memory*50%"),
        ("podwright.dev/downward-volume", "/data"),
        ("podwright.dev/termination-message-path", "/data/x"),
        ("podwright.dev/readiness-probe", "tcp"),
        ("podwright.dev/liveness-probe", "http:nowhere/x"),
        ("podwright.dev/startup-probe", "grpc"),
        ("podwright.dev/pre-stop-sleep", "30s"),
        ("podwright.dev/termination-grace-period", "50s"),
        ("podwright.dev/requests", "cpu=1,memory=1Gi"),
        ("nobody.podwright.dev/pre-stop-sleep", "5s"),
        ("podwright.dev/from-tomorrow", "\u{1b}[31m"),
    ];
    let mut clashing = pod("row-39-warnings", &asks);
    let names: Vec<String> = (0..40).map(|n| format!("container-number-{n}-with-a-long-name")).collect();
    let container = |name: &String| {
        json!({"name": name, "image": "registry.example.com/app:1", "env": [{"name": "POD_IP", "value": "x"}],
            "resources": {"limits": {"cpu": "10m"}}, "volumeMounts": [{"name": "data", "mountPath": "/data", "readOnly": true}]})
    };
    clashing["spec"] = json!({"terminationGracePeriodSeconds": 20, "volumes": [{"name": "data", "emptyDir": {}}],
        "containers": names.iter().map(container).collect::<Vec<_>>()});
    let (_, report) = crate::properties::round(&clashing).unwrap();
    let answer = world.client.dry_run("row-39-warnings", &clashing);
    assert_eq!(answer.status, 201, "{}", answer.body);
    let told: Vec<_> = answer.warnings.iter().filter(|warning| warning.contains("podwright.dev")).collect();
    assert_eq!(told, report.warnings.iter().collect::<Vec<_>>());
    assert!(told.len() >= 10, "{told:#?}");
    assert!(told.iter().all(|one| one.chars().count() <= 256 && !one.contains(char::is_control)), "{told:#?}");
}
