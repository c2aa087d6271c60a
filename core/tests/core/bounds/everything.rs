//! Every key at once, on Pods of many containers.

use serde_json::{Map, Value, json};

use super::{annotations, applied, injected, pod};
use podwright_core::admission::{Route, answer};
use podwright_core::profile::{Configuration, OnInvalidAnnotation};

/// Each feature's key.
fn everything() -> Map<String, Value> {
    annotations(&[
        ("podwright.dev/profile", "web".into()),
        ("podwright.dev/downward-env", "POD_NAME,PORT=container.port,X=limits.cpu*50%".into()),
        ("podwright.dev/downward-volume", "/etc/podinfo".into()),
        ("podwright.dev/termination-message-path", "/tmp/last-word".into()),
        ("podwright.dev/termination-message-policy", "FallbackToLogsOnError".into()),
        ("podwright.dev/startup-probe", "tcp failure=60".into()),
        ("podwright.dev/readiness-probe", "http:/ready".into()),
        ("podwright.dev/liveness-probe", "grpc grace=30s".into()),
        ("podwright.dev/pre-stop-sleep", "10s".into()),
        ("podwright.dev/termination-grace-period", "1m".into()),
        ("podwright.dev/requests", "cpu=100m,memory=64Mi,ephemeral-storage=1Gi".into()),
        ("podwright.dev/limits", "cpu=1,memory=128Mi,ephemeral-storage=2Gi".into()),
    ])
}

#[test]
fn one_and_fifty_containers_get_everything() {
    for count in [1, 50] {
        let mut asking = pod(everything(), count);
        for container in asking["spec"]["containers"].as_array_mut().unwrap() {
            container["ports"] = json!([{"containerPort": 8080}]);
        }
        let first = injected(&asking).unwrap();
        assert_eq!(first.report.warnings, [""; 0]);
        let fitted = applied(&asking, &first);
        for container in fitted["spec"]["containers"].as_array().unwrap() {
            for field in [
                "startupProbe",
                "readinessProbe",
                "livenessProbe",
                "lifecycle",
                "volumeMounts",
                "terminationMessagePath",
            ] {
                assert!(!container[field].is_null(), "{field} is missing");
            }
            assert_eq!(container["env"].as_array().unwrap().len(), 3);
            assert_eq!(container["resources"]["limits"].as_object().unwrap().len(), 3);
        }
        let second = injected(&fitted).unwrap();
        assert!(second.patch.is_none() && second.report == first.report);
    }
}

/// Containers that block each feature in every known way, sixty of each.
fn obstinate() -> Value {
    let mut annotations = everything();
    annotations.insert(
        "podwright.dev/containers".into(),
        json!((0..200).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",")),
    );
    annotations.insert("podwright.dev/liveness-probe".into(), json!("tcp:nobodys grace=5s"));
    annotations.insert("podwright.dev/startup-probe".into(), json!("tcp grace=5s"));
    for n in 0..60 {
        annotations.insert(format!("c{n}.podwright.dev/zz-unheard-of"), json!("1"));
        annotations.insert(format!("nobody{n}.podwright.dev/pre-stop-sleep"), json!("1"));
    }
    for n in 180..240 {
        annotations.insert(format!("c{n}.podwright.dev/limits"), json!("cpu=50m,memory=1Mi"));
        annotations.insert(format!("c{n}.podwright.dev/pre-stop-sleep"), json!("100s"));
        annotations.insert(format!("c{n}.podwright.dev/liveness-probe"), json!("tcp:80 grace=5s"));
        annotations.insert(format!("c{n}.podwright.dev/inject"), json!(if n < 200 { "false" } else { "false " }));
    }
    for n in 300..360 {
        annotations.insert(format!("c{n}.podwright.dev/requests"), json!("cpu=2"));
        annotations.insert(format!("c{n}.podwright.dev/pre-stop-sleep"), json!("100s"));
        annotations.insert(format!("c{n}.podwright.dev/startup-probe"), json!("tcp"));
        annotations.insert(format!("c{n}.podwright.dev/liveness-probe"), json!("tcp:80 grace=5s"));
    }
    let mut pod = pod(annotations, 360);
    for (n, container) in pod["spec"]["containers"].as_array_mut().unwrap().iter_mut().enumerate() {
        match n / 60 {
            0 => {
                container["lifecycle"] = json!({"preStop": {"exec": {"command": ["a"]}}});
                for field in ["startupProbe", "readinessProbe", "livenessProbe"] {
                    container[field] = json!({"exec": {"command": ["a"]}});
                }
                container["env"] = json!([{"name": "POD_NAME", "value": "mine"}]);
                container["terminationMessagePath"] = json!("/mine");
                container["resources"] = json!({"limits": {"cpu": "50m", "memory": "1Mi"}});
            }
            1 => {
                container["volumeMounts"] = json!([{"name": "v", "mountPath": "/etc/podinfo"}, {"name": "v", "mountPath": "/tmp", "readOnly": true}]);
                container["resources"] = json!({"requests": {"cpu": "50", "memory": "50Gi"}});
            }
            2 => {
                container["volumeMounts"] = json!([{"name": "v", "mountPath": "/etc", "readOnly": true}, {"name": "v", "mountPath": "/tmp/last-word"}]);
                container["ports"] = json!([{"containerPort": 8080}]);
            }
            _ => {
                container["terminationMessagePath"] = json!("/etc/podinfo/x");
                container["lifecycle"] = json!({"preStop": {"sleep": {"seconds": 9}}});
                container["ports"] = json!([{"containerPort": 8080}]);
            }
        }
    }
    pod
}

/// Asserts the API server's limits for warnings: 4,096 characters in all, 256 each.
fn within_the_budget(pod: &Value, configuration: &Configuration) {
    let review = json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1",
        "operation": "CREATE", "kind": {"group": "", "version": "v1", "kind": "Pod"}, "object": pod}});
    let answer = answer(review.to_string().as_bytes(), Route::Pods, configuration).unwrap();
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
    let warnings: Vec<String> = serde_json::from_value(body["response"]["warnings"].take()).unwrap();
    assert!(warnings.iter().all(|warning| warning.chars().count() <= 256), "{warnings:#?}");
    let all: usize = warnings.iter().map(|warning| warning.chars().count()).sum();
    assert!(all <= 4096, "{} warnings of {all} characters: {warnings:#?}", warnings.len());
    // The hint follows.
    let counted = warnings.iter().rev().nth(1);
    assert!(counted.is_some_and(|counted| counted.contains(" more warnings about this Pod")), "{warnings:#?}");
}

#[test]
fn containers_that_earn_each_warning_stay_within_the_servers_budget() {
    let mut pod = obstinate();
    within_the_budget(&pod, &Configuration::default());
    for n in 0..60 {
        pod["metadata"]["annotations"][format!("c{n}.podwright.dev/termination-message-policy")] =
            json!("odd ".repeat(100));
    }
    let warn = Configuration { on_invalid_annotation: OnInvalidAnnotation::Warn, ..Configuration::default() };
    within_the_budget(&pod, &warn);
}
