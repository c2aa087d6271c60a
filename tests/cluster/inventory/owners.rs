//! The top owner of each kind, and workloads whose Pods were all denied. No controllers run here, so the test writes their
//! objects.

use serde_json::{Value, json};

use super::cast::{cast, configure, create, owned};
use super::{inventory, row, rows, state};
use crate::pods::pod;
use crate::workloads::{Collection, kind, workload};
use crate::world::{World, text};

const DENIED: &str = "pods \"web-\" is forbidden: admission webhook \"namespaces.podwright.dev\" denied the request: podwright \
    cannot read 1 annotation:\n- podwright.dev/requests: invalid quantity";

fn make(world: &World, of: &str, name: &str, owner: Option<Value>) {
    let kind = kind(of);
    let mut object = workload(kind, name, &[]);
    if let Some(mut owner) = owner {
        owner["uid"] = json!("705ab4f5-6393-11e8-b7cc-42010a800003");
        owner["controller"] = json!(true);
        object["metadata"]["ownerReferences"] = json!([owner]);
    }
    world.client.send(&format!("POST {}", Collection::of(kind).path("owners")), &object).pod();
}

fn set_status(world: &World, of: &str, name: &str, status: &Value) {
    let path = format!("PATCH {}/{name}/status", Collection::of(kind(of)).path("owners"));
    world.client.send(&path, &json!({"status": status})).pod();
}

fn owner(version: &str, kind: &str, name: &str) -> Value {
    json!({"apiVersion": version, "kind": kind, "name": name})
}

fn event(world: &World, involved: &Value, message: &str) {
    let name = format!("{}.1", involved["name"].as_str().unwrap_or_default());
    let mut involved = involved.clone();
    involved["namespace"] = json!("owners");
    let event = json!({"apiVersion": "v1", "kind": "Event", "metadata": {"name": name}, "involvedObject": involved,
        "reason": "FailedCreate", "type": "Warning", "message": message});
    world.client.send("POST /api/v1/namespaces/owners/events", &event).pod();
}

/// A namespace with Pods of every kind of owner.
fn owners() -> &'static World {
    static OWNERS: std::sync::OnceLock<World> = std::sync::OnceLock::new();
    OWNERS.get_or_init(|| {
        let world = World::start();
        configure(&world, "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\n");
        world.namespace("owners");
        make(&world, "ReplicaSet", "web-1", Some(owner("apps/v1", "Deployment", "web")));
        make(&world, "ReplicaSet", "canary-1", Some(owner("argoproj.io/v1alpha1", "Rollout", "canary")));
        make(&world, "ReplicaSet", "bare", None);
        make(&world, "Job", "nightly-1", Some(owner("batch/v1", "CronJob", "nightly")));
        make(&world, "Job", "once", None);
        make(&world, "StatefulSet", "db", None);
        make(&world, "DaemonSet", "agent", None);
        for (name, version, kind, of) in [
            ("a", "apps/v1", "ReplicaSet", "web-1"),
            ("b", "apps/v1", "ReplicaSet", "web-1"),
            ("c", "apps/v1", "ReplicaSet", "canary-1"),
            ("d", "apps/v1", "ReplicaSet", "bare"),
            ("e", "batch/v1", "Job", "nightly-1"),
            ("f", "batch/v1", "Job", "once"),
            ("g", "apps/v1", "StatefulSet", "db"),
            ("h", "apps/v1", "DaemonSet", "agent"),
            ("i", "v1", "ReplicationController", "deleted"),
            ("j", "v1", "Node", "node-1"),
        ] {
            create(&world, "owners", owned(name, &owner(version, kind, of)));
        }
        create(&world, "owners", pod("k", &[]));
        world
    })
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn each_row_is_the_top_owner() {
    let output = inventory(owners(), &["-n", "owners"]);
    let table = text(&output.stdout);
    let names: Vec<(&str, &str)> = table
        .lines()
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next().zip(line.split_whitespace().nth(1)))
        .filter(|(name, _)| !name.contains("denied"))
        .collect();
    for expected in [
        ("cronjob.batch/nightly", "1"),
        ("daemonset.apps/agent", "1"),
        ("deployment.apps/web", "2"),
        ("job.batch/once", "1"),
        ("pod/j", "1"),
        ("pod/k", "1"),
        ("replicaset.apps/bare", "1"),
        ("replicationcontroller/deleted", "1"),
        ("rollout.argoproj.io/canary", "1"),
        ("statefulset.apps/db", "1"),
    ] {
        assert!(names.contains(&expected), "no {expected:?} in\n{table}{}", text(&output.stderr));
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn workloads_without_pods_are_listed_with_the_denial() {
    let world = owners();
    let failure = |message: &str| json!({"replicas": 0, "conditions": [{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}]});
    make(world, "ReplicaSet", "denied-1", Some(owner("apps/v1", "Deployment", "denied")));
    set_status(world, "ReplicaSet", "denied-1", &failure(DENIED));
    make(world, "ReplicaSet", "denied-quota", None);
    set_status(world, "ReplicaSet", "denied-quota", &failure("pods is forbidden: exceeded quota: small"));
    make(world, "Job", "denied-job-1", Some(owner("batch/v1", "CronJob", "denied-job")));
    event(world, &owner("batch/v1", "Job", "denied-job-1"), DENIED);
    make(world, "StatefulSet", "denied-set", None);
    event(world, &owner("apps/v1", "StatefulSet", "denied-set"), DENIED);
    make(world, "DaemonSet", "denied-agent", None);
    let agent =
        json!({"desiredNumberScheduled": 3, "currentNumberScheduled": 1, "numberMisscheduled": 0, "numberReady": 0});
    set_status(world, "DaemonSet", "denied-agent", &agent);
    event(world, &owner("apps/v1", "DaemonSet", "denied-agent"), DENIED);
    make(world, "StatefulSet", "denied-before", None);
    set_status(world, "StatefulSet", "denied-before", &json!({"replicas": 1}));
    event(world, &owner("apps/v1", "StatefulSet", "denied-before"), DENIED);

    let rows = rows(world, &["-n", "owners"]);
    let message = "podwright cannot read 1 annotation: podwright.dev/requests: invalid quantity";
    for (workload, pods) in [
        ("Deployment/denied", 1),
        ("CronJob/denied-job", 1),
        ("StatefulSet/denied-set", 1),
        ("DaemonSet/denied-agent", 2),
    ] {
        assert_eq!(state(&rows, workload), ("denied".into(), message.into()), "{workload}");
        assert_eq!((&row(&rows, workload)["denied"], &row(&rows, workload)["pods"]), (&json!(pods), &json!(0)));
    }
    let all: Vec<&str> =
        rows["workloads"].as_array().into_iter().flatten().filter_map(|row| row["name"].as_str()).collect();
    assert!(!all.contains(&"denied-quota") && !all.contains(&"denied-before"), "{all:?}");
    assert_eq!(inventory(world, &["-n", "owners", "--fail-on", "denied"]).status.code(), Some(1));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_selector_selects_pods_and_keeps_their_owners() {
    let world = cast();
    let label = json!({"metadata": {"labels": {"team": "red"}}});
    world.client.send("PATCH /api/v1/namespaces/shop/pods/fresh", &label).pod();
    let rows = rows(world, &["-n", "shop", "-l", "team=red"]);
    assert_eq!(rows["totals"]["pods"], 1, "{rows:#}");
    owners().client.send("PATCH /api/v1/namespaces/owners/pods/a", &label).pod();
    let rows = super::rows(owners(), &["-n", "owners", "-l", "team=red"]);
    assert_eq!(row(&rows, "Deployment/web")["pods"], 1, "{rows:#}");
}
