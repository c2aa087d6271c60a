//! The output formats.

use super::cast::cast;
use super::inventory;
use crate::world::text;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_table_has_kubectls_columns_and_totals() {
    let output = inventory(cast(), &["-n", "shop"]);
    let table = text(&output.stdout);
    let header = table.lines().next().unwrap_or_default();
    let columns: Vec<&str> = header.split_whitespace().collect();
    assert_eq!(columns, ["NAME", "PODS", "INJECTED", "MISSED", "STALE", "DENIED", "LEFT-ALONE", "REASON"]);
    let fresh = table.lines().find(|line| line.starts_with("pod/fresh ")).unwrap_or_default();
    assert_eq!(fresh.split_whitespace().collect::<Vec<_>>(), ["pod/fresh", "1", "1", "0", "0", "0", "0"]);
    let totals = "8 workloads, 8 Pods: 1 injected, 2 missed, 1 stale, 4 left alone";
    assert_eq!(table.lines().last(), Some(totals), "{table}");
    let all = text(&inventory(cast(), &["-A"]).stdout);
    assert!(all.starts_with("NAMESPACE ") && all.contains("\nshop        pod/fresh "), "{all}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn wide_has_profiles_versions_and_every_reason() {
    let wide = text(&inventory(cast(), &["-n", "shop", "-o", "wide"]).stdout);
    let old = wide.lines().find(|line| line.starts_with("pod/old ")).unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    assert!(old.contains(&format!("   web       {version}     1 stale: a new Pod would add limits")), "{wide}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn yaml_is_json_in_other_words() {
    let [yaml, json] = ["yaml", "json"].map(|format| inventory(cast(), &["-n", "shop", "-o", format]).stdout);
    let yaml: serde_json::Value = serde_saphyr::from_str(&text(&yaml)).expect("YAML");
    assert_eq!(yaml, serde_json::from_slice::<serde_json::Value>(&json).expect("JSON"));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn names_are_for_kubectl_rollout_restart() {
    let world = cast();
    world.namespace("restarted");
    let deployment = crate::workloads::workload(crate::workloads::kind("Deployment"), "web", &[]);
    world.client.send("POST /apis/apps/v1/namespaces/restarted/deployments", &deployment).pod();
    let mut set = crate::workloads::workload(crate::workloads::kind("ReplicaSet"), "web-1", &[]);
    let owner =
        |version: &str, kind: &str, name: &str| serde_json::json!({"apiVersion": version, "kind": kind, "name": name});
    set["metadata"]["ownerReferences"] =
        super::cast::owned("x", &owner("apps/v1", "Deployment", "web"))["metadata"]["ownerReferences"].clone();
    world.client.send("POST /apis/apps/v1/namespaces/restarted/replicasets", &set).pod();
    for pod in [super::cast::owned("a", &owner("apps/v1", "ReplicaSet", "web-1")), crate::pods::pod("b", &[])] {
        let mut pod = pod;
        pod["metadata"]["annotations"] = serde_json::json!({"podwright.dev/inject": "true"});
        super::cast::create(world, "restarted", pod);
    }
    let output = inventory(world, &["-n", "restarted", "-o", "name"]);
    assert_eq!(text(&output.stdout), "deployment.apps/web\n", "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("cannot restart these workloads"), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains(": pod/b"), "{}", text(&output.stderr));
    let all = inventory(world, &["-A", "-o", "name"]);
    assert!(text(&all.stdout).contains("-n restarted deployment.apps/web\n"), "{}", text(&all.stdout));
    let restarted = world.kubectl(&["rollout", "restart", "-n", "restarted", "deployment.apps/web"]);
    assert_eq!(text(&restarted.stdout), "deployment.apps/web restarted\n", "{}", text(&restarted.stderr));
}
