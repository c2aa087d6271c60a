//! Annotation → patch → TLS → API server → kubectl.

use serde_json::{Value, json};

use crate::pods::{env_names, pod, sleeps};
use crate::world::{text, world};

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn kubectl_dry_run_shows_the_fitted_pod() {
    let world = world();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/web.yaml");
    let shown = world.kubectl(&["apply", "--dry-run=server", "-o", "json", "-f", example]);
    assert!(shown.status.success(), "{}", text(&shown.stderr));
    let fitted: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let container = &fitted["spec"]["containers"][0];
    assert_eq!(env_names(container), ["POD_NAME", "POD_IP", "GOMEMLIMIT", "ADVERTISE"]);
    assert_eq!(container["env"][2]["value"], "241591911");
    assert!(sleeps(container));
    assert_eq!(fitted["spec"]["terminationGracePeriodSeconds"], 35);
    assert_eq!(text(&shown.stderr), "", "an example earns no warning");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_created_pod_is_stored_fitted() {
    let world = world();
    world.namespace("created");
    let applied = world.apply(&pod("stored", &[("podwright.dev/inject", "true")]), &["-n", "created"]);
    assert!(applied.status.success(), "{}", text(&applied.stderr));
    let stored = world.kubectl(&["get", "pod", "stored", "-n", "created", "-o", "json"]);
    let stored: Value = serde_json::from_slice(&stored.stdout).unwrap();
    assert!(sleeps(&stored["spec"]["containers"][0]));
    let status: Value =
        serde_json::from_str(stored["metadata"]["annotations"]["podwright.dev/status"].as_str().unwrap()).unwrap();
    assert_eq!(status["profile"], "default");
    assert_eq!(status["inForce"]["pre-stop-sleep"], json!(["app"]));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_service_accounts_token_is_mounted_or_not_and_the_rest_is_the_same() {
    let world = world();
    world.namespace("tokens");
    let with = pod("with", &[("podwright.dev/inject", "true")]);
    let mut without = with.clone();
    without["spec"]["automountServiceAccountToken"] = json!(false);
    let with = world.client.dry_run("tokens", &with).pod();
    let without = world.client.dry_run("tokens", &without).pod();
    assert!(with["spec"]["volumes"][0]["projected"].is_object());
    assert_eq!(without["spec"]["volumes"], json!([with["spec"]["volumes"][1]]));
    for field in ["env", "lifecycle", "resources", "terminationMessagePolicy"] {
        assert_eq!(with["spec"]["containers"][0][field], without["spec"]["containers"][0][field]);
    }
    assert!(sleeps(&without["spec"]["containers"][0]));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn warnings_reach_kubectl() {
    let world = world();
    world.namespace("warned");
    let mut warned = pod("warned", &[("podwright.dev/pre-stop-sleep", "5s")]);
    warned["spec"]["containers"][0]["lifecycle"] = json!({"preStop": {"exec": {"command": ["/bin/drain"]}}});
    let applied = world.apply(&warned, &["-n", "warned", "--dry-run=server"]);
    assert!(applied.status.success());
    assert_eq!(
        text(&applied.stderr),
        "Warning: podwright.dev/pre-stop-sleep not injected into app: the Pod already sets another value, and \
         podwright keeps it. Remove the Pod's value to use podwright's. If the Pod's value is right, no action is \
         needed. [KeptAuthors]\n"
    );
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_audit_log_names_profile_and_version() {
    let world = world();
    world.namespace("audited");
    world.client.create("audited", &pod("audited-pod", &[("podwright.dev/profile", "web")])).pod();
    let events = world.audit_of("audited-pod");
    assert_eq!(events.len(), 1, "{events:?}");
    let annotations = &events[0]["annotations"];
    assert_eq!(annotations["pods.podwright.dev/profile"], "web", "{annotations}");
    assert_eq!(annotations["pods.podwright.dev/version"], env!("CARGO_PKG_VERSION"), "{annotations}");
}
