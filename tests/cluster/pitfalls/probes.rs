//! Probes, where they belong and where they do not.

use serde_json::{Value, json};

use super::{INJECT, WEB, fitted, status, with};
use crate::features::needs;
use crate::pods::{env_names, pod, sleeps};
use crate::world::{text, world};

const PROBES: [&str; 3] = ["startupProbe", "readinessProbe", "livenessProbe"];

fn probes(container: &Value) -> Vec<&str> {
    PROBES.into_iter().filter(|probe| !container[*probe].is_null()).collect()
}

fn init_containers() -> Value {
    json!({"initContainers": [
        {"name": "init", "image": "registry.example.com/init:1", "ports": [{"containerPort": 8080}]},
        {"name": "sidecar", "image": "registry.example.com/sidecar:1", "restartPolicy": "Always", "ports": [{"name": "http", "containerPort": 8081}]},
    ]})
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_16_native_sidecars_have_probes_and_hooks_and_init_containers_never() {
    world().namespace("row-16");
    let asked = [
        ("podwright.dev/readiness-probe", "tcp"),
        ("podwright.dev/liveness-probe", "tcp"),
        ("podwright.dev/startup-probe", "tcp failure=60"),
        ("podwright.dev/pre-stop-sleep", "5s"),
    ];
    for annotations in [&[WEB][..], &asked] {
        let fitted =
            fitted("row-16", &with(annotations, &json!({"ports": [{"containerPort": 8080}]}), &init_containers()));
        let [init, sidecar] = [0, 1].map(|n| &fitted["spec"]["initContainers"][n]);
        assert!(probes(init).is_empty() && init["lifecycle"].is_null(), "{init}");
        assert!(probes(sidecar).len() >= 2 && sleeps(sidecar), "{sidecar}");
    }
    let mut theirs = with(&[], &json!({}), &init_containers());
    theirs["spec"]["initContainers"][0]["readinessProbe"] = json!({"tcpSocket": {"port": 8080}});
    assert_eq!(world().client.dry_run("row-16", &theirs).status, 422, "the server does refuse them");
    let own = with(&[("init.podwright.dev/readiness-probe", "tcp")], &json!({}), &init_containers());
    let answer = world().client.dry_run("row-16", &own);
    assert!(answer.status == 201 && answer.warnings.concat().contains("[InitContainer]"), "{answer:?}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_17_no_liveness_is_guessed_and_a_port_is_declared_or_named() {
    world().namespace("row-17");
    let declared = json!({"ports": [{"containerPort": 53, "protocol": "UDP"}, {"containerPort": 8080}]});
    let with_port = fitted("row-17", &with(&[INJECT], &declared, &json!({})));
    let container = &with_port["spec"]["containers"][0];
    assert_eq!(probes(container), ["readinessProbe"], "liveness is nobody's default");
    assert_eq!(container["readinessProbe"]["tcpSocket"], json!({"port": 8080}));
    for asking in [INJECT, WEB] {
        let without = fitted("row-17", &with(&[asking], &json!({}), &json!({})));
        assert!(probes(&without["spec"]["containers"][0]).is_empty(), "{without}");
        assert_eq!(status(&without, "/skipped/readiness-probe/NoPort"), json!(["app"]));
    }
    let unnamed = with(&[("podwright.dev/liveness-probe", "http:web/healthz")], &declared, &json!({}));
    let answer = world().client.dry_run("row-17", &unnamed);
    assert!(answer.warnings.concat().contains("[PortNotDeclared]"), "{:?}", answer.warnings);
    assert!(probes(&answer.pod()["spec"]["containers"][0]).is_empty());
}

/// One container's liveness probe would restart both.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_17_a_liveness_with_a_port_does_not_hit_those_that_do_not_have_it() {
    world().namespace("row-17-several");
    let spec = json!({"containers": [
        {"name": "app", "image": "registry.example.com/app:1", "ports": [{"containerPort": 8080}]},
        {"name": "exporter", "image": "registry.example.com/exporter:1", "ports": [{"containerPort": 9100}]},
    ]});
    for (value, hit) in [("tcp:8080", [true, false]), ("tcp:9100", [false, true]), ("exec:/bin/true", [true, false])] {
        let fitted = fitted("row-17-several", &with(&[("podwright.dev/liveness-probe", value)], &json!({}), &spec));
        let containers = [0, 1].map(|n| !fitted["spec"]["containers"][n]["livenessProbe"].is_null());
        assert_eq!(containers, hit, "{value}: {fitted}");
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_18_what_is_to_end_has_no_probes_and_no_sleep_of_a_profile() {
    world().namespace("row-18");
    let ports = json!({"ports": [{"containerPort": 8080}]});
    for policy in ["Never", "OnFailure"] {
        let mut spec = init_containers();
        spec["restartPolicy"] = json!(policy);
        let job = fitted("row-18", &with(&[WEB], &ports, &spec));
        let [app, sidecar] = [&job["spec"]["containers"][0], &job["spec"]["initContainers"][1]];
        assert!(probes(app).is_empty() && app["lifecycle"].is_null(), "{policy}: {app}");
        assert!(sidecar["lifecycle"].is_null(), "a sidecar's sleep delays the Job's end: {sidecar}");
        assert_eq!(job["spec"]["terminationGracePeriodSeconds"], 30, "{policy}");
        assert_eq!(env_names(app).len(), 6, "the rest is there");
        let asked =
            with(&[("podwright.dev/pre-stop-sleep", "5s"), ("podwright.dev/startup-probe", "tcp")], &ports, &spec);
        let asked = fitted("row-18", &asked);
        assert!(sleeps(&asked["spec"]["containers"][0]), "a Pod that opts in gets it: {asked}");
        assert_eq!(probes(&asked["spec"]["containers"][0]), ["startupProbe"]);
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_19_a_namespace_that_enforces_restricted_takes_fitted_pods() {
    let world = world();
    world.namespace("row-19");
    world.label("row-19", "pod-security.kubernetes.io/enforce=restricted");
    let container = json!({"ports": [{"containerPort": 8080}],
        "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}});
    let spec = json!({"securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}}});
    for asking in [INJECT, WEB, ("podwright.dev/limits", "memory=1Gi"), ("podwright.dev/startup-probe", "grpc:9000")] {
        let fitted = fitted("row-19", &with(&[asking], &container, &spec));
        assert!(fitted["metadata"]["annotations"]["podwright.dev/status"].is_string(), "{fitted}");
    }
    let json = r#"{"httpGet": {"host": "127.0.0.1", "port": 8080}}"#;
    let host = world.client.dry_run("row-19", &with(&[("podwright.dev/liveness-probe", json)], &container, &spec));
    assert!(host.status == 422 && host.message().contains("host"), "ours to refuse, with a reason: {}", host.body);
    let mut theirs = with(&[], &container, &spec);
    theirs["spec"]["containers"][0] = pod("x", &[])["spec"]["containers"][0].clone();
    assert_eq!(world.client.dry_run("row-19", &theirs).status, 403, "the namespace does enforce it");
}

/// The reason why podwright refuses a host everywhere.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_19_such_a_namespace_refuses_a_host() {
    needs!(RefusedProbeHosts);
    assert!(!takes_a_probe_with_a_host("row-19-host"));
}

/// Whether a Namespace that enforces `restricted` takes a Pod that has a probe with a host.
pub(crate) fn takes_a_probe_with_a_host(namespace: &str) -> bool {
    let world = world();
    world.namespace(namespace);
    world.label(namespace, "pod-security.kubernetes.io/enforce=restricted");
    let container = json!({"livenessProbe": {"httpGet": {"host": "127.0.0.1", "port": 8080}},
        "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}});
    let spec = json!({"securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}}});
    let answer = world.client.dry_run(namespace, &with(&[], &container, &spec));
    assert!(answer.status == 201 || answer.message().contains("host"), "{}", answer.body);
    answer.status == 201
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_20_a_debug_copy_and_a_pod_that_declines_get_nothing_back() {
    let world = world();
    world.namespace("row-20");
    let mut asks = with(&[WEB], &json!({"ports": [{"name": "http", "containerPort": 8080}]}), &json!({}));
    asks["metadata"]["name"] = json!("original");
    let original = world.client.create("row-20", &asks).pod();
    assert_eq!(probes(&original["spec"]["containers"][0]), ["readinessProbe", "livenessProbe"]);
    let copy = debug_copy("row-20");
    assert_eq!(copy["spec"]["containers"].as_array().unwrap().len(), 2, "the application and the debugger: {copy}");
    assert!(copy["spec"]["containers"].as_array().unwrap().iter().all(|one| probes(one).is_empty()), "{copy}");
    let declines =
        with(&[("podwright.dev/inject", "false"), WEB], &json!({"ports": [{"containerPort": 8080}]}), &json!({}));
    let declines = fitted("row-20", &declines);
    assert!(
        probes(&declines["spec"]["containers"][0]).is_empty() && declines["spec"]["containers"][0]["env"].is_null()
    );
}

/// The limit in docs/pitfalls.md: nothing marks a copy as a copy.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_20_in_a_namespace_that_opted_in_a_copy_is_a_pod_like_any_other() {
    let world = world();
    world.namespace("row-20-enabled");
    world.label("row-20-enabled", "podwright.dev/inject=enabled");
    let mut original = with(&[], &json!({"ports": [{"containerPort": 8080}]}), &json!({}));
    original["metadata"]["name"] = json!("original");
    world.client.create("row-20-enabled", &original).pod();
    let copy = debug_copy("row-20-enabled");
    assert_eq!(probes(&copy["spec"]["containers"][0]), ["readinessProbe"], "{copy}");
}

/// Runs `kubectl debug --copy-to` on the Pod `original`, and returns the copy.
fn debug_copy(namespace: &str) -> Value {
    let image = "--image=registry.example.com/debug:1";
    let told = world().kubectl(&["debug", "original", "--copy-to=copy", image, "--attach=false", "-n", namespace]);
    assert!(told.status.success(), "{}", text(&told.stderr));
    let copy = world().kubectl(&["get", "pod", "copy", "-n", namespace, "-o", "json"]);
    serde_json::from_slice(&copy.stdout).unwrap()
}
