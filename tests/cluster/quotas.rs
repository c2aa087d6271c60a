//! Quotas by QoS class count Pods to which podwright adds requests, as docs/troubleshoot.md says.

use serde_json::json;

use crate::pods::pod;
use crate::world::world;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_quota_for_all_but_best_effort_refuses_a_pod_for_podwrights_requests() {
    let world = world();
    world.namespace("quota-by-class");
    let hard = json!({"pods": "0"});
    let quota = json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "burstable"},
        "spec": {"hard": hard, "scopes": ["NotBestEffort"]}});
    let path = "/api/v1/namespaces/quota-by-class/resourcequotas";
    assert_eq!(world.client.send(&format!("POST {path}"), &quota).status, 201);
    // No controller runs here, so the test sets the counts.
    let counted = json!({"status": {"hard": hard, "used": {"pods": "0"}}});
    assert_eq!(world.client.send(&format!("PATCH {path}/burstable/status"), &counted).status, 200);
    let silent = world.client.create("quota-by-class", &pod("silent", &[]));
    assert_eq!(silent.status, 201, "{}", silent.body);
    let asks = world.client.create("quota-by-class", &pod("asks", &[("podwright.dev/requests", "memory=64Mi")]));
    let told = asks.body["message"].as_str().unwrap_or_default();
    assert!(asks.status == 403 && told.contains("exceeded quota: burstable"), "{}", asks.body);
    let off = world.client.create("quota-by-class", &pod("off", &[("podwright.dev/requests", "false")]));
    assert_eq!(off.status, 201, "{}", off.body);
}
