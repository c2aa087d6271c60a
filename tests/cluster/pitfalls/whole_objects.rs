//! Patches of the raw object: no field is lost, whatever its name or number.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{INJECT, WEB, fitted, with};
use crate::features::needs;
use crate::pods::{env_names, pod};
use crate::properties::round;
use crate::untouched::assert_untouched;
use crate::world::{text, world};

/// Fields that 1.37 accepts and that libraries of a few years ago drop.
fn of_this_year() -> (Value, Value) {
    let container = json!({
        "restartPolicy": "OnFailure",
        "restartPolicyRules": [{"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}],
        "ports": [{"containerPort": 8080, "name": "web"}],
        "livenessProbe": {"grpc": {"port": 8080, "service": "x"}, "terminationGracePeriodSeconds": 7},
        "resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}],
        "securityContext": {"appArmorProfile": {"type": "RuntimeDefault"}},
        "env": [{"name": "KEY", "valueFrom": {"fileKeyRef": {"volumeName": "files", "path": "env", "key": "KEY"}}}],
        "volumeMounts": [
            {"name": "image", "mountPath": "/model", "subPath": "weights"},
            {"name": "data", "mountPath": "/data", "readOnly": true, "recursiveReadOnly": "IfPossible"},
        ],
    });
    let spec = json!({
        "restartPolicy": "Always",
        "hostUsers": false,
        "schedulingGates": [{"name": "example.com/wait"}],
        "initContainers": [{"name": "side", "image": "registry.example.com/side:1", "restartPolicy": "Always"}],
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": {"matchLabels": {"a": "b"}}, "matchLabelKeys": ["pod-template-hash"]}],
        "securityContext": {"supplementalGroupsPolicy": "Strict"},
        "volumes": [
            {"name": "image", "image": {"reference": "registry.example.com/model:1", "pullPolicy": "IfNotPresent"}},
            {"name": "files", "emptyDir": {}},
            {"name": "data", "emptyDir": {}},
        ],
    });
    (container, spec)
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_01_fields_newer_than_any_library_come_through() {
    needs!(ContainerRestartRules, EnvironmentFiles, ImageVolumes);
    world().namespace("row-01");
    let (container, spec) = of_this_year();
    let plain = fitted("row-01", &with(&[], &container, &spec));
    for (path, field) in [
        ("/spec/containers/0/restartPolicyRules/0/exitCodes/values/0", json!(42)),
        ("/spec/containers/0/livenessProbe/grpc/service", json!("x")),
        ("/spec/containers/0/env/0/valueFrom/fileKeyRef/key", json!("KEY")),
        ("/spec/containers/0/volumeMounts/1/recursiveReadOnly", json!("IfPossible")),
        ("/spec/initContainers/0/restartPolicy", json!("Always")),
        ("/spec/volumes/0/image/reference", json!("registry.example.com/model:1")),
    ] {
        assert_eq!(plain.pointer(path), Some(&field), "the server itself keeps {path}: {plain}");
    }
    for asking in [INJECT, WEB] {
        let fitted = fitted("row-01", &with(&[asking], &container, &spec));
        assert_untouched(&plain, &fitted);
        assert_eq!(env_names(&fitted["spec"]["containers"][0]).len(), 7, "{fitted}");
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_03_missing_parents_slashes_and_shifted_indexes() {
    let world = world();
    world.namespace("row-03");
    world.label("row-03", "podwright.dev/inject=enabled");
    let mut bare = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "row-03-"},
        "spec": {"automountServiceAccountToken": false, "containers": [
            {"name": "app", "image": "registry.example.com/app:1"},
            {"name": "full", "image": "registry.example.com/app:1", "env": [{"name": "A", "value": "a"}, {"name": "B", "value": "$(POD_IP)"}],
             "volumeMounts": [{"name": "data", "mountPath": "/data"}]}],
            "initContainers": [{"name": "init", "image": "registry.example.com/app:1"}], "volumes": [{"name": "data", "emptyDir": {}}]}});
    for annotations in [Value::Null, json!({}), json!({"a.example.com/with~0tilde": "x", "example.com/slash": "x"})] {
        bare["metadata"]["annotations"] = annotations.clone();
        let answer = world.client.dry_run("row-03", &bare);
        // The API server refuses a tilde in a key, with or without podwright.
        if answer.status == 422 {
            assert!(answer.message().contains("metadata.annotations: Invalid value"), "{}", answer.body);
            continue;
        }
        let fitted = answer.pod();
        assert!(fitted["metadata"]["annotations"]["podwright.dev/status"].is_string(), "{fitted}");
        let ours = &["POD_NAME", "POD_NAMESPACE", "POD_UID", "POD_IP", "K8S_NODE_NAME", "SERVICE_ACCOUNT"];
        assert_eq!(env_names(&fitted["spec"]["containers"][0]), ours);
        assert_eq!(env_names(&fitted["spec"]["containers"][1]), [&ours[..], &["A", "B"]].concat());
        assert_eq!(env_names(&fitted["spec"]["initContainers"][0]), ours);
        let volumes = fitted["spec"]["volumes"].as_array().unwrap();
        let names: Vec<_> = volumes.iter().map(|volume| volume["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["data", "downward-api-pod-info"]);
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_09_defaults_count_as_unset_for_the_server_and_for_the_command_line() {
    world().namespace("row-09");
    let resources = json!({"resources": {"limits": {"cpu": "1000m"}}, "ports": [{"containerPort": 8080}]});
    for annotations in [&[INJECT][..], &[WEB], &[("podwright.dev/limits", "memory=1Gi"), INJECT]] {
        let raw = with(annotations, &resources, &json!({"automountServiceAccountToken": false}));
        let fitted_by_server = fitted("row-09", &raw);
        let previewed = preview(&raw);
        let (patch, _) = round(&previewed).unwrap();
        assert_eq!(patch, None, "the server's webhook has nothing left to do: {previewed}");
        let fitted_before = fitted("row-09", &previewed);
        assert_eq!(fitted_before["spec"], fitted_by_server["spec"]);
        assert_eq!(fitted_before["metadata"]["annotations"], fitted_by_server["metadata"]["annotations"]);
        assert_eq!(fitted_by_server["spec"]["terminationGracePeriodSeconds"], 35);
    }
}

/// The result of `podwright preview` for a Pod that no API server has seen.
fn preview(pod: &Value) -> Value {
    let program = Path::new(env!("CARGO_BIN_EXE_podwright"));
    let printed = crate::world::feed(Command::new(program).args(["preview", "-o", "json", "-"]), &pod.to_string());
    assert!(printed.status.success(), "{}", text(&printed.stderr));
    serde_saphyr::from_str(&text(&printed.stdout)).unwrap()
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_29_a_generated_name_and_a_namespace_that_is_not_said() {
    let world = world();
    world.namespace("row-29");
    let mut generated = pod("x", &[INJECT]);
    generated["metadata"].as_object_mut().unwrap().remove("name");
    generated["metadata"]["generateName"] = json!("web-");
    let fitted = world.client.create("row-29", &generated).pod();
    assert!(fitted["metadata"]["name"].as_str().unwrap().starts_with("web-"));
    assert_eq!(fitted["metadata"]["namespace"], "row-29");
    let namespace =
        fitted["spec"]["containers"][0]["env"].as_array().unwrap().iter().find(|one| one["name"] == "POD_NAMESPACE");
    assert_eq!(namespace.unwrap()["valueFrom"]["fieldRef"]["fieldPath"], "metadata.namespace", "never a literal");
}

/// The API server accepts requests of 3 MiB; many frameworks accept bodies of 2 MiB only.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_36_a_pod_of_more_than_two_mebibytes_is_answered() {
    world().namespace("row-36");
    let value = "x".repeat(100_000);
    let env: Vec<Value> = (0..23).map(|n| json!({"name": format!("LARGE_{n}"), "value": value})).collect();
    let large = with(&[INJECT], &json!({"env": env}), &json!({}));
    let bytes = large.to_string().len();
    assert!((2 * 1024 * 1024..3 * 1024 * 1024).contains(&bytes), "{bytes}");
    let answer = world().client.dry_run("row-36", &large);
    let warned = answer.warnings.iter().any(|warning| warning.ends_with("[TooLarge]"));
    assert!(warned, "{:?}", answer.warnings);
    assert_eq!(env_names(&answer.pod()["spec"]["containers"][0]).len(), 23, "it is left as it is");
}
