//! Every Pod that podwright has just admitted is injected, or has nothing to add. None is stale or missed.

use proptest::strategy::{Strategy as _, ValueTree as _};
use serde_json::{Value, json};

use super::cast::configure;
use super::rows;
use crate::charts::{self, ASKING};
use crate::corpus::golden_pods;
use crate::properties::{generate, runner};
use crate::world::World;

const PODS: usize = 300;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_pod_just_admitted_is_never_stale() {
    let world = World::start();
    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1",
        "labels": {"topology.kubernetes.io/zone": "a", "topology.kubernetes.io/region": "b"}}});
    world.client.send("POST /api/v1/nodes", &node).pod();
    configure(&world, "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\n");
    for (namespace, label) in
        [("asking", "a=b"), ("enabled", "podwright.dev/inject=enabled"), ("web", "podwright.dev/profile=web")]
    {
        world.namespace(namespace);
        world.label(namespace, label);
    }
    until_all_are_in_force(&world);
    let (mut created, mut runner) = (0, runner());
    let pods = std::env::var("PROPTEST_CASES").map_or(PODS, |cases| cases.parse().unwrap());
    for n in 0..pods {
        let pod = generate::pod().new_tree(&mut runner).unwrap().current();
        created += create(&world, ["asking", "enabled", "web"][n % 3], pod, &format!("generated-{n}"));
    }
    for (n, workload) in charts::all().iter().enumerate() {
        for (m, asking) in ASKING.into_iter().enumerate() {
            created += create(&world, "asking", workload.asking(asking), &format!("corpus-{n}-{m}"));
        }
        created += create(&world, "web", workload.pod.clone(), &format!("corpus-{n}"));
    }
    for (n, (_, pod)) in golden_pods().into_iter().enumerate() {
        created += create(&world, "asking", pod, &format!("golden-{n}"));
    }
    let rows = rows(&world, &["-A"]);
    let totals = &rows["totals"];
    assert_eq!(totals["pods"], created, "{totals}");
    for state in ["missed", "stale", "denied", "unknown"] {
        assert_eq!(totals[state], 0, "{:#}", wrong(&rows, state));
    }
    assert!(totals["injected"].as_u64() > Some(created / 2), "{totals}");
}

/// Creates a Pod; returns 0 for one that podwright or the API server refuses.
fn create(world: &World, namespace: &str, mut pod: Value, name: &str) -> u64 {
    pod["metadata"]["name"] = json!(name);
    pod["metadata"].as_object_mut().map(|metadata| metadata.remove("namespace"));
    for reference in pod["metadata"]["ownerReferences"].as_array_mut().into_iter().flatten() {
        reference["uid"] = json!("705ab4f5-6393-11e8-b7cc-42010a800002");
    }
    if let Some(account) = pod["spec"]["serviceAccountName"].as_str() {
        world.client.create_service_account(namespace, account);
    }
    let answer = world.client.create(namespace, &pod);
    let created = answer.status == 201;
    if created && lost_a_field(&pod, &answer.body) {
        // No node has the Pod yet, so it is gone at once.
        assert!(world.kubectl(&["delete", "pod", name, "--namespace", namespace]).status.success());
        return 0;
    }
    if created {
        run(world, namespace, name);
    }
    u64::from(created)
}

/// Returns true if the API server dropped a field after podwright saw it, because a feature is off: an image volume, the
/// resources of the whole Pod, or a container's own `restartPolicy`. A review of such a Pod differs from the first.
fn lost_a_field(sent: &Value, stored: &Value) -> bool {
    let has_resources = |pod: &Value| !pod["spec"]["resources"].is_null();
    let lost_resources = has_resources(sent) && !has_resources(stored);
    lost_resources
        || lost_a_member(sent, stored, "volumes", |_| true)
        || lost_a_member(sent, stored, "containers", |member| member == "restartPolicy")
}

/// Returns true if an object of this list in the spec lost a member of these names.
fn lost_a_member(sent: &Value, stored: &Value, list: &str, names: impl Fn(&str) -> bool) -> bool {
    let all = |pod: &Value| pod["spec"][list].as_array().cloned().unwrap_or_default();
    let stored = all(stored);
    all(sent).iter().any(|object| {
        let there = stored.iter().find(|there| there["name"] == object["name"]);
        let members = object.as_object().into_iter().flatten();
        let mut members = members.filter(|(name, value)| names(name) && !value.is_null());
        members.any(|(name, _)| there.is_none_or(|there| there.get(name).is_none()))
    })
}

/// Does as the scheduler and the kubelet do: binds the Pod to a node, and reports it as running.
fn run(world: &World, namespace: &str, name: &str) {
    let binding = json!({"apiVersion": "v1", "kind": "Binding", "metadata": {"name": name},
        "target": {"apiVersion": "v1", "kind": "Node", "name": "node-1"}});
    let path = format!("/api/v1/namespaces/{namespace}/pods/{name}");
    let bound = world.client.send(&format!("POST {path}/binding"), &binding);
    assert_eq!(bound.status, 201, "{}", bound.body);
    let status = json!({"status": {"phase": "Running", "podIP": "10.0.0.1", "startTime": "2026-01-01T00:00:00Z"}});
    world.client.send(&format!("PATCH {path}/status"), &status).pod();
}

fn wrong(rows: &Value, state: &str) -> Value {
    let all = rows["workloads"].as_array().into_iter().flatten();
    all.filter(|row| row[state] != 0).take(5).cloned().collect()
}

fn until_all_are_in_force(world: &World) {
    for namespace in ["enabled", "web"] {
        let created = || world.client.dry_run(namespace, &crate::pods::pod("canary", &[])).pod();
        while created()["metadata"]["annotations"]["podwright.dev/status"].is_null() {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
}
