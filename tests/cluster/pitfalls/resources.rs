//! Requests and limits with defaults, ranges and other mutators.

use serde_json::{Value, json};

use super::{INJECT, fitted, status, with};
use crate::features::{Feature, has, minor, needs};
use crate::properties::round;
use crate::world::{text, world};

fn resources(pod: &Value) -> &Value {
    &pod["spec"]["containers"][0]["resources"]
}

/// The entries of a second round for this key: item, word and code.
fn reported(pod: &Value, key: &str) -> Vec<(String, &'static str, &'static str)> {
    let (patch, report) = round(pod).unwrap();
    assert_eq!(patch, None, "{pod}");
    let lines = report.lines.into_iter().filter(|line| line.key == key);
    lines
        .map(|line| (line.item, line.outcome.as_str(), line.outcome.reason().map_or("", |reason| reason.code)))
        .collect()
}

fn limit_range(namespace: &str, limits: &Value) {
    let range =
        json!({"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "range"}, "spec": {"limits": limits}});
    let applied = world().apply(&range, &["-n", namespace]);
    assert!(applied.status.success(), "{}", text(&applied.stderr));
}

/// Repeats a dry run until the API server heeds a new LimitRange.
fn fitted_when(namespace: &str, pod: &Value, heeded: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..100 {
        let fitted = fitted(namespace, pod);
        if heeded(&fitted) {
            return fitted;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("the LimitRange is not heeded")
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_10_a_lone_limit_becomes_the_request_too_and_the_class_is_said() {
    world().namespace("row-10");
    for (limits, class, said) in [
        ("memory=256Mi", "Burstable", "QoS class Burstable instead of BestEffort"),
        ("cpu=1,memory=256Mi", "Guaranteed", "QoS class Guaranteed instead of BestEffort"),
    ] {
        let fitted = fitted("row-10", &with(&[("podwright.dev/limits", limits)], &json!({}), &json!({})));
        assert_eq!(resources(&fitted)["requests"], resources(&fitted)["limits"], "{fitted}");
        assert_eq!(fitted["status"]["qosClass"], class);
        let reported = reported(&fitted, "limits");
        assert!(reported.contains(&("memory".to_owned(), "in force", "AlsoTheRequest")), "{reported:?}");
        assert!(reported.contains(&(said.to_owned(), "in force", "QosClass")), "{reported:?}");
    }
    let guaranteed = json!({"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}});
    let kept = fitted("row-10", &with(&[INJECT], &guaranteed, &json!({})));
    assert_eq!(kept["status"]["qosClass"], "Guaranteed", "a profile's requests do not change an author's class");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_11_a_limit_range_comes_first_and_its_maximum_is_the_servers_to_refuse() {
    let world = world();
    world.namespace("row-11");
    limit_range(
        "row-11",
        &json!([
            {"type": "Container", "defaultRequest": {"cpu": "50m"}, "default": {"cpu": "200m"}},
            {"type": "Pod", "max": {"memory": "1Gi"}},
        ]),
    );
    let asks = with(
        &[("podwright.dev/requests", "cpu=100m,memory=64Mi"), ("podwright.dev/limits", "cpu=1,memory=512Mi")],
        &json!({}),
        &json!({}),
    );
    let fitted = fitted_when("row-11", &asks, |pod| resources(pod)["requests"]["cpu"] == "50m");
    assert_eq!(
        *resources(&fitted),
        json!({"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "200m", "memory": "512Mi"}})
    );
    assert!(reported(&fitted, "requests").contains(&("cpu".to_owned(), "kept", "LimitRange")));
    assert!(reported(&fitted, "limits").contains(&("cpu".to_owned(), "kept", "LimitRange")));
    let answer =
        world.client.dry_run("row-11", &with(&[("podwright.dev/limits", "memory=2Gi")], &json!({}), &json!({})));
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert!(answer.message().contains("maximum memory usage per Pod is 1Gi"), "{}", answer.message());
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_12_a_request_above_the_limit_is_fitted_with_a_warning() {
    world().namespace("row-12");
    let small = json!({"resources": {"limits": {"memory": "64Mi"}, "requests": {"cpu": "10m"}}});
    let answer =
        world().client.dry_run("row-12", &with(&[("podwright.dev/requests", "memory=128Mi")], &small, &json!({})));
    assert_eq!(
        answer.warnings,
        ["podwright.dev/requests adjusted in pitfall (memory): ".replace("pitfall", "app")
            + "a request cannot exceed the limit, so it equals the limit. Raise the limit, or lower the request. \
               [FittedToLimit]"]
    );
    assert_eq!(resources(&answer.pod())["requests"], json!({"cpu": "10m", "memory": "64Mi"}));
    let answer = world().client.dry_run("row-12", &with(&[INJECT], &small, &json!({})));
    assert_eq!(answer.warnings, [""; 0], "a profile's is fitted in silence");
    assert_eq!(resources(&answer.pod())["requests"]["memory"], "64Mi");
    let large = json!({"resources": {"requests": {"memory": "1Gi"}}});
    let answer =
        world().client.dry_run("row-12", &with(&[("podwright.dev/limits", "memory=512Mi")], &large, &json!({})));
    assert!(answer.warnings.len() == 1 && answer.warnings[0].contains("[BelowRequest]"), "{:?}", answer.warnings);
    assert!(resources(&answer.pod())["limits"].is_null());
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_13_resources_of_the_pod_as_a_whole_are_left_alone() {
    needs!(PodLevelResources);
    world().namespace("row-13");
    let whole = json!({"resources": {"limits": {"memory": "1Gi"}, "requests": {"cpu": "100m"}}});
    let plain = fitted("row-13", &with(&[], &json!({}), &whole));
    assert_eq!(plain["spec"]["resources"]["limits"]["memory"], "1Gi", "this server knows them: {plain}");
    let fitted = fitted("row-13", &with(&[INJECT], &json!({}), &whole));
    assert_eq!(fitted["spec"]["resources"], plain["spec"]["resources"]);
    assert_eq!(resources(&fitted), resources(&plain));
    assert_eq!(status(&fitted, "/skipped/requests/PodLevelResources"), json!(["app"]));
    let asked = with(&[("podwright.dev/limits", "memory=1Gi")], &json!({}), &whole);
    let answer = world().client.dry_run("row-13", &asked);
    assert!(answer.warnings.len() == 1 && answer.warnings[0].contains("[PodLevelResources]"), "{:?}", answer.warnings);
}

/// Servers before 1.32 do not know the field. Servers before 1.34 drop it after podwright saw it.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_13_the_status_says_it_where_the_server_drops_them() {
    world().namespace("row-13-dropped");
    let whole = json!({"resources": {"requests": {"cpu": "100m"}}});
    let fitted = fitted("row-13-dropped", &with(&[INJECT], &json!({}), &whole));
    let skipped = status(&fitted, "/skipped/requests/PodLevelResources") == json!(["app"]);
    assert_eq!(skipped, minor() >= 32, "{fitted}");
    assert_eq!(resources(&fitted)["requests"].is_null(), skipped, "{fitted}");
    assert_eq!(fitted["spec"]["resources"].is_null(), !has(Feature::PodLevelResources), "{fitted}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_14_every_container_that_runs_on_has_requests_and_gaps_are_said() {
    world().namespace("row-14");
    let spec = json!({
        "containers": [
            {"name": "app", "image": "registry.example.com/app:1"},
            {"name": "worker", "image": "registry.example.com/app:1", "resources": {"requests": {"cpu": "2"}}},
            {"name": "istio-proxy", "image": "registry.example.com/proxy:1"},
        ],
        "initContainers": [
            {"name": "sidecar", "image": "registry.example.com/app:1", "restartPolicy": "Always"},
            {"name": "init", "image": "registry.example.com/app:1"},
        ],
    });
    let fitted = fitted("row-14", &with(&[INJECT], &json!({}), &spec));
    let requests = |path: &str| fitted.pointer(&format!("{path}/resources/requests")).cloned().unwrap_or_default();
    assert_eq!(requests("/spec/containers/0"), json!({"cpu": "100m", "memory": "128Mi"}));
    assert_eq!(requests("/spec/containers/1"), json!({"cpu": "2", "memory": "128Mi"}));
    assert_eq!(requests("/spec/initContainers/0"), json!({"cpu": "100m", "memory": "128Mi"}));
    assert_eq!(requests("/spec/containers/2"), Value::Null, "an excluded container is not ours to fit");
    assert_eq!(status(&fitted, "/skipped/requests/NoRequest"), json!(["istio-proxy"]), "and the gap is said");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_15_what_is_there_is_kept_entry_by_entry() {
    world().namespace("row-15-kept");
    let own = json!({"resources": {"requests": {"memory": "1Gi"}, "limits": {"ephemeral-storage": "1Gi"}}});
    let asks = [("podwright.dev/requests", "cpu=100m,memory=64Mi"), ("podwright.dev/limits", "ephemeral-storage=2Gi")];
    let answer = world().client.dry_run("row-15-kept", &with(&asks, &own, &json!({})));
    assert_eq!(answer.warnings.len(), 2, "{:?}", answer.warnings);
    let expected = json!({"requests": {"cpu": "100m", "memory": "1Gi", "ephemeral-storage": "1Gi"}, "limits": {"ephemeral-storage": "1Gi"}});
    assert_eq!(*resources(&answer.pod()), expected);
}
