//! Objects with a review too large to read: the API server creates them as it does without podwright.

use serde_json::{Value, json};

use crate::pods::pod;
use crate::world::world;

/// The request has 2.7 MB. The API server records the owner of each port in `managedFields`, so the review has about 9
/// MB.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_pod_with_every_port_there_is_is_created_with_a_warning() {
    let world = world();
    world.namespace("oversized");
    let mut pod = pod("oversized", &[("podwright.dev/inject", "true")]);
    let ports: Vec<Value> = (1..=65_535).map(|port| json!({"containerPort": port, "protocol": "TCP"})).collect();
    pod["spec"]["containers"][0]["ports"] = ports.into();
    let answer = world.client.dry_run("oversized", &pod);
    assert_eq!(answer.status, 201, "{}", answer.message());
    let warned =
        answer.warnings.iter().any(|warning| warning.starts_with("podwright") && warning.ends_with("[ReviewTooLarge]"));
    assert!(warned, "{:?}", answer.warnings);
}
