//! Users with fewer rights: `view` on one Namespace.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::cast::cast;
use super::{inventory, rows, state};
use crate::world::{World, feed, text};

/// The world, with the user `jane`, who may only view `shop`. The ClusterRole `view` is empty without a controller manager,
/// so jane has the one that it is made of.
fn viewed() -> &'static World {
    static VIEWED: OnceLock<()> = OnceLock::new();
    VIEWED.get_or_init(|| {
        let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "jane"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:aggregate-to-view"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "jane"}]});
        let path = "POST /apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings";
        cast().client.send(path, &binding).pod();
        until(|| inventory(cast(), &["-n", "shop", "--as", "jane"]).status.success());
    });
    cast()
}

/// Waits until the API server knows a new binding.
fn until(holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "the binding has no effect after 30 s");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn notes(rows: &Value) -> String {
    rows["notes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_viewer_of_one_namespace_learns_everything_but_stale_pods() {
    let rows = rows(viewed(), &["-n", "shop", "--as", "jane"]);
    for (pod, expected) in [
        ("Pod/fresh", "injected"),
        ("Pod/old", "injected"),
        ("Pod/early", "missed"),
        ("Pod/away", "missed"),
        ("Pod/out", "leftAlone"),
        ("Pod/mirror", "leftAlone"),
        ("Postgres/orders", "unknown"),
    ] {
        assert_eq!(state(&rows, pod).0, expected, "{pod}: {rows:#}");
    }
    let notes = notes(&rows);
    for note in ["MutatingWebhookConfiguration 00-podwright", "ConfigMap podwright-system/podwright"] {
        assert!(notes.contains(&format!("not allowed to see {note}; ")), "{notes}");
    }
    assert_eq!(rows["notes"].as_array().map(Vec::len), Some(2), "{notes}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_viewer_with_the_configuration_file_learns_stale_pods_too() {
    let file = viewed().control_plane.folder().join("configuration.yaml");
    let map = viewed().kubectl(&["get", "configmap", "-n", "podwright-system", "podwright", "-o", "json"]);
    let map: Value = serde_json::from_slice(&map.stdout).unwrap();
    std::fs::write(&file, map["data"]["configuration.yaml"].as_str().unwrap()).unwrap();
    let rows = rows(viewed(), &["-n", "shop", "--as", "jane", "--config", file.to_str().unwrap()]);
    assert_eq!(state(&rows, "Pod/old").0, "stale", "{rows:#}");
    assert_eq!(state(&rows, "Postgres/orders").0, "leftAlone", "{rows:#}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_viewer_of_one_namespace_may_not_list_others() {
    for arguments in [["-A"].as_slice(), &["-n", "default"]] {
        let output = inventory(viewed(), &[arguments, &["--as", "jane"]].concat());
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains("not allowed to list Pods: "), "{}", text(&output.stderr));
    }
}

/// The roles of docs/inventory.md are enough for everything.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_documented_roles_leave_no_note() {
    let page = include_str!("../../../docs/inventory.md");
    let roles = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("the roles");
    let world = cast();
    let applied = feed(&mut world.control_plane.kubectl(&["apply", "-f", "-"]), roles);
    assert!(applied.status.success(), "{}", text(&applied.stderr));
    for kind in ["clusterrole", "role"] {
        let binding = format!("{kind}binding");
        let role = format!("--{kind}=podwright-inventory");
        let namespace: &[&str] = if kind == "role" { &["-n", "podwright-system"] } else { &[] };
        let arguments = ["create", &binding, "auditor", &role, "--user=auditor"];
        assert!(world.kubectl(&[&arguments, namespace].concat()).status.success(), "{binding}");
    }
    let audited = || inventory(world, &["-A", "--as", "auditor"]);
    until(|| audited().status.success() && !text(&audited().stderr).contains("note: "));
    let rows = rows(world, &["-A", "--as", "auditor"]);
    assert_eq!(rows["notes"], json!([]));
    assert_eq!(state(&rows, "Pod/old").0, "stale");
}
