//! A manifest can be applied again unchanged, although the API server refuses nearly every change of a Pod.

use serde_json::{Value, json};

use crate::world::{text, world};

/// Client-side and server-side apply.
const WAYS: [&[&str]; 2] = [&[], &["--server-side"]];

/// A Pod of this spec that opts in to everything, with these annotations.
fn manifest(name: &str, spec: &Value) -> Value {
    let annotations = json!({"podwright.dev/profile": "web", "podwright.dev/limits": "memory=64Mi"});
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "annotations": annotations}, "spec": spec})
}

fn app(fields: Value) -> Value {
    let mut app = json!({"name": "app", "image": "registry.example.com/app:1"});
    app.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    app
}

/// Specs with explicit defaults, and specs with `null`, which leaves evidence only with client-side apply.
fn specs() -> Vec<(&'static str, Value)> {
    let ports = json!([{"name": "http", "containerPort": 8080}]);
    vec![
        ("plain", json!({"containers": [app(json!({"ports": ports}))]})),
        ("grace", json!({"terminationGracePeriodSeconds": 30, "containers": [app(json!({"ports": ports}))]})),
        ("policy", json!({"containers": [app(json!({"terminationMessagePolicy": "File"}))]})),
        ("path", json!({"containers": [app(json!({"terminationMessagePath": "/dev/termination-log"}))]})),
        ("grace-null", json!({"terminationGracePeriodSeconds": null, "containers": [app(json!({}))]})),
        ("policy-null", json!({"containers": [app(json!({"terminationMessagePolicy": null}))]})),
        (
            "probes-null",
            json!({"containers": [app(json!({"ports": ports, "readinessProbe": null, "livenessProbe": null}))]}),
        ),
        ("env-null", json!({"containers": [app(json!({"env": null}))]})),
        // The API server would refuse the token's volume without podwright, too.
        (
            "volumes-null",
            json!({
                "automountServiceAccountToken": false,
                "volumes": null,
                "containers": [app(json!({"volumeMounts": null}))],
            }),
        ),
        ("hooks-null", json!({"containers": [app(json!({"lifecycle": null}))]})),
        ("pre-stop-null", json!({"containers": [app(json!({"lifecycle": {"preStop": null}}))]})),
        ("resources-null", json!({"containers": [app(json!({"resources": null}))]})),
        ("requests-null", json!({"containers": [app(json!({"resources": {"requests": null}}))]})),
        ("cpu-null", json!({"containers": [app(json!({"resources": {"requests": {"cpu": null}, "limits": null}}))]})),
        (
            "init",
            json!({
                "initContainers": [{"name": "init", "image": "registry.example.com/i:1", "terminationMessagePolicy": "File", "env": null}],
                "containers": [app(json!({}))],
            }),
        ),
    ]
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_manifest_that_is_applied_twice_is_accepted_twice() {
    let world = world();
    world.namespace("reapply");
    for (nth, way) in WAYS.into_iter().enumerate() {
        for (name, spec) in specs() {
            let manifest = manifest(&format!("{name}-{nth}"), &spec);
            for round in ["first", "second", "third"] {
                let applied = world.apply(&manifest, &[&["--namespace", "reapply"], way].concat());
                assert!(applied.status.success(), "{name} {way:?}, {round}: {}", text(&applied.stderr));
            }
        }
    }
}

/// Without this, the test above could pass with nothing injected.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn what_the_manifest_leaves_open_is_filled_all_the_same() {
    let world = world();
    world.namespace("reapply-filled");
    for (nth, way) in WAYS.into_iter().enumerate() {
        let name = format!("filled-{nth}");
        let spec = json!({"terminationGracePeriodSeconds": 30, "containers": [app(json!({"resources": {"requests": {"cpu": null}}}))]});
        let applied = world.apply(&manifest(&name, &spec), &[&["--namespace", "reapply-filled"], way].concat());
        assert!(applied.status.success(), "{}", text(&applied.stderr));
        let created = world.kubectl(&["get", "pod", &name, "--namespace", "reapply-filled", "-o", "json"]);
        let created: Value = serde_json::from_slice(&created.stdout).unwrap();
        let container = &created["spec"]["containers"][0];
        assert_eq!(created["spec"]["terminationGracePeriodSeconds"], 30, "{created}");
        assert_eq!(container["lifecycle"]["preStop"]["sleep"]["seconds"], 5, "{created}");
        assert_eq!(container["terminationMessagePolicy"], "FallbackToLogsOnError", "{created}");
        assert_eq!(container["resources"]["requests"]["memory"], "64Mi", "{created}");
        assert_eq!(container["resources"]["requests"]["cpu"].is_null(), nth == 0, "{created}");
    }
}
