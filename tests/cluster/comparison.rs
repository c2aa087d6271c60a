//! docs/comparison.md shows one task as a MutatingAdmissionPolicy and as an annotation. These tests run both.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::Answer;
use crate::features::needs;
use crate::pods::pod;
use crate::world::{World, feed, text};

const PAGE: &str = include_str!("../../docs/comparison.md");
const POLICY: &str = "example.com/pre-stop-sleep";
const ANNOTATION: &str = "podwright.dev/pre-stop-sleep";

/// A separate world, because a policy applies to all namespaces.
fn world_with_the_policy() -> World {
    let world = World::start();
    let start = PAGE.find("apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingAdmissionPolicy\n").unwrap();
    let (policy, _) = PAGE[start..].split_once("```").unwrap();
    let applied = feed(&mut world.control_plane.kubectl(&["apply", "-f", "-"]), policy);
    assert!(applied.status.success(), "{}", text(&applied.stderr));
    let deadline = Instant::now() + Duration::from_secs(30);
    while fitted(&world, POLICY, &Value::Null)["containers"][0]["lifecycle"].is_null() {
        assert!(Instant::now() < deadline, "the policy is not in force after 30 s");
        std::thread::sleep(Duration::from_millis(100));
    }
    world
}

fn ask(world: &World, annotation: (&str, &str), grace: &Value) -> Answer {
    let mut pod = pod("compared", &[annotation]);
    let exec = json!({"exec": {"command": ["true"]}});
    pod["spec"]["containers"] = json!([
        {"name": "bare", "image": "bare"},
        {"name": "stops", "image": "stops", "lifecycle": {"preStop": exec}},
        {"name": "starts", "image": "starts", "lifecycle": {"postStart": exec}},
    ]);
    pod["spec"]["terminationGracePeriodSeconds"] = grace.clone();
    world.client.dry_run("default", &pod)
}

/// The spec without the token's volume, which gets a new name each time.
fn fitted(world: &World, key: &str, grace: &Value) -> Value {
    let mut spec = ask(world, (key, "5"), grace).pod()["spec"].take();
    spec["volumes"] = Value::Null;
    for container in spec["containers"].as_array_mut().unwrap() {
        container["volumeMounts"] = Value::Null;
    }
    spec
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_policy_of_the_comparison_does_what_the_annotation_does_and_says_less() {
    needs!(MutatingAdmissionPolicies);
    let world = world_with_the_policy();
    for (grace, becomes) in [(Value::Null, 35), (json!(60), 60), (json!(5), 5), (json!(3), 3)] {
        let (policy, annotation) = (fitted(&world, POLICY, &grace), fitted(&world, ANNOTATION, &grace));
        assert_eq!(policy, annotation, "{grace}");
        assert_eq!(policy["terminationGracePeriodSeconds"], becomes);
    }
    let by_policy = ask(&world, (POLICY, "soon"), &Value::Null);
    assert!(by_policy.message().contains("type conversion error from 'string' to 'int'"), "{}", by_policy.body);
    let by_annotation = ask(&world, (ANNOTATION, "soon"), &Value::Null);
    assert!(by_annotation.message().contains("invalid duration \"soon\": expected whole seconds"), "{by_annotation:?}");

    assert_eq!(ask(&world, ("example.com/pre-stop-slep", "5"), &Value::Null).status, 201);
    let mistyped = ask(&world, ("podwright.dev/pre-stop-slep", "5"), &Value::Null);
    assert!(mistyped.message().contains("did you mean podwright.dev/pre-stop-sleep?"), "{mistyped:?}");

    assert!(ask(&world, (POLICY, "5"), &json!(3)).warnings.is_empty());
    assert!(!ask(&world, (ANNOTATION, "5"), &json!(3)).warnings.is_empty());
}
