#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use serde_json::{Value, json};

use super::*;
use crate::inspect::webhook::Entries;

fn missing(kind: &str, spec: &Value, status: &Value) -> u64 {
    let json = json!({"metadata": {"name": "a", "namespace": "b"}, "spec": spec, "status": status}).to_string();
    Controller::parse(&json).unwrap().missing(kind)
}

#[test]
fn missing_pods_are_those_that_a_controller_still_has_to_create() {
    let over = json!({"conditions": [{"type": "Complete", "status": "True"}]});
    for (kind, spec, status, expected) in [
        ("ReplicaSet", json!({"replicas": 3}), json!({"replicas": 1}), 2),
        ("ReplicaSet", json!({"replicas": 0}), json!({"replicas": 0}), 0),
        ("StatefulSet", json!({}), json!({"replicas": 0}), 1),
        ("DaemonSet", json!({}), json!({"desiredNumberScheduled": 4, "currentNumberScheduled": 1}), 3),
        ("Job", json!({"parallelism": 5, "completions": 3}), json!({"succeeded": 1, "active": 1}), 1),
        ("Job", json!({"parallelism": 2}), over, 0),
        ("Job", json!({"suspend": true}), json!({}), 0),
    ] {
        assert_eq!(missing(kind, &spec, &status), expected, "{kind} {spec} {status}");
    }
}

#[test]
fn only_podwrights_denials_count() {
    let entries = Entries::usual().unwrap();
    let message = |text: &str| denial_message(text, &entries);
    let denied = "admission webhook \"pods.podwright.dev\" denied the request: invalid annotations:\n- a: b\n- c: d";
    assert_eq!(message(denied).as_deref(), Some("invalid annotations: a: b; c: d"));
    let away = "Internal error occurred: failed calling webhook \"web.profiles.podwright.dev\": no endpoints available";
    assert_eq!(message(away).as_deref(), Some("podwright did not answer: no endpoints available"));
    for other in ["exceeded quota", "admission webhook \"policies.kyverno.svc\" denied the request: podwright.dev", ""]
    {
        assert_eq!(message(other), None, "{other}");
    }
}

#[test]
fn a_name_is_written_as_kubectl_writes_it() {
    let name = |group: &str, kind: &str| WorkloadName::new(group, kind, "web").to_string();
    assert_eq!(name("apps", "Deployment"), "deployment.apps/web");
    assert_eq!(name("", "Pod"), "pod/web");
}
