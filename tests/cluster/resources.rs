//! Requests and limits on the real API server: it accepts the Pod for every combination of existing and wished values.

use podwright::annotation::quantity::Quantity;
use serde_json::{Value, json};

use crate::pods::pod;
use crate::properties::generate::fits::{self, Level, Wish, Wishes};
use crate::properties::round;
use crate::world::{feed, text, world};

/// The API server runs with the built-in profiles only.
fn of_a_built_in_profile(wishes: &Wishes) -> bool {
    let is_profiles = |wish: Wish| wish.filter(|(_, level)| *level == Level::Profile).map(|(amount, _)| amount);
    is_profiles(wishes.limit).is_none() && is_profiles(wishes.request).is_none_or(|amount| amount == "100m")
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn every_fit_of_a_request_and_a_limit_is_taken() {
    let world = world();
    world.namespace("fits");
    let has = fits::containers();
    let (mut taken, mut denied) = (0, 0);
    for wishes in fits::wishes().into_iter().filter(of_a_built_in_profile) {
        let answer = world.client.dry_run("fits", &wishes.asked_by(&has));
        if wishes.contradict() {
            denied += 1;
            assert_eq!(answer.status, 422, "{wishes:?}: {}", answer.body);
            continue;
        }
        taken += 1;
        let warnings = answer.warnings.clone();
        let pod = answer.pod();
        wishes.are_in(&has, &pod);
        let (patch, report) = round(&pod).unwrap();
        assert_eq!((patch, &report.warnings), (None, &warnings), "{wishes:?}");
    }
    assert_eq!((taken, denied), (50, 6));
}

/// Quantities as people write them. The API server returns each in another form.
const NOTATIONS: [(&str, &str); 27] = [
    ("cpu", "0"),
    ("cpu", "0.5"),
    ("cpu", ".5"),
    ("cpu", "5."),
    ("cpu", "+1"),
    ("cpu", "1e0"),
    ("cpu", "1e3"),
    ("cpu", "1E3"),
    ("cpu", "1e-3"),
    ("cpu", "1e+1"),
    ("cpu", "1000m"),
    ("cpu", "1000000u"),
    ("cpu", "0001"),
    ("cpu", "1k"),
    ("cpu", "9P"),
    ("cpu", "9E"),
    ("memory", "0"),
    ("memory", "1"),
    ("memory", "1e3"),
    ("memory", "1.5Gi"),
    ("memory", "0.5Ki"),
    ("memory", "1000m"),
    ("memory", "128M"),
    ("memory", "9E"),
    ("memory", "7Ei"),
    ("memory", "9223372036854775807"),
    ("ephemeral-storage", "1.25G"),
];

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn amounts_in_any_notation_come_back_equal() {
    let world = world();
    world.namespace("notations");
    for (resource, amount) in NOTATIONS {
        for (key, section) in [("podwright.dev/requests", "requests"), ("podwright.dev/limits", "limits")] {
            let answer = world.client.dry_run("notations", &pod("noted", &[(key, &format!("{resource}={amount}"))]));
            assert_eq!(answer.status, 201, "{key}: {resource}={amount}: {}", answer.body);
            // The API server warns of a "fractional byte value" for 7Ei, because its thousandths overflow. Some
            // notations look like typing errors.
            let is_doubt = |warning: &&String| warning.ends_with("[UnlikelyAmount]");
            let is_ours = |warning: &&String| warning.contains("podwright.dev") && !is_doubt(warning);
            let ours = answer.warnings.iter().find(is_ours);
            assert_eq!(ours, None, "{key}: {resource}={amount}");
            let returned = answer.pod();
            let found = &returned["spec"]["containers"][0]["resources"][section][resource];
            assert_eq!(
                Quantity::parse(found.as_str().unwrap()),
                Quantity::parse(amount),
                "{resource}={amount}: {found}"
            );
            let (patch, report) = round(&returned).unwrap();
            assert!(
                patch.is_none() && report.warnings.iter().all(|warning| is_doubt(&warning)),
                "{key}: {resource}={amount}: {patch:?} {report:?}"
            );
        }
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_server_refuses_the_amounts_that_we_refuse_but_for_these() {
    let world = world();
    world.namespace("amounts-refused");
    for (resource, amount, refused) in [
        ("cpu", "-1", true),
        ("memory", "-1Mi", true),
        ("memory", "1gi", true),
        ("memory", "128mb", true),
        ("cpu", "1.2.3", true),
        ("cpu", "one", true),
        // The API server rounds it up without a warning.
        ("cpu", "100u", false),
        ("cpu", "0.5m", false),
        // The API server stores it with a warning, and the kubelet rounds it up.
        ("memory", "128m", false),
        ("ephemeral-storage", "0.5", false),
        // The API server cuts it to the largest number that it can count.
        ("memory", "8Ei", false),
    ] {
        let value = format!("{resource}={amount}");
        let ours = world.client.dry_run("amounts-refused", &pod("ours", &[("podwright.dev/requests", &value)]));
        assert_eq!(ours.status, 422, "{value}: {}", ours.body);
        assert!(ours.message().contains("admission webhook"), "{value}: {}", ours.message());
        let mut theirs = pod("theirs", &[]);
        theirs["spec"]["containers"][0]["resources"] = json!({"requests": {resource: amount}});
        let answer = world.client.dry_run("amounts-refused", &theirs);
        assert_eq!(answer.status >= 400, refused, "{value}: {}", answer.body);
    }
}

/// A namespace with one LimitRange.
fn limited(namespace: &str, limits: &Value) {
    let world = world();
    world.namespace(namespace);
    let range = json!({"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "range", "namespace": namespace},
        "spec": {"limits": [limits]}});
    let applied = feed(&mut world.control_plane.kubectl(&["apply", "-f", "-"]), &range.to_string());
    assert!(applied.status.success(), "{}", text(&applied.stderr));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_values_of_a_limit_range_win() {
    let world = world();
    let asks: &[(&str, &str)] =
        &[("podwright.dev/requests", "cpu=100m,memory=64Mi"), ("podwright.dev/limits", "cpu=0.4,memory=1Gi")];
    // The LimitRange, the resulting requests and limits, and the warnings.
    for (namespace, limits, requests, most, codes) in [
        (
            "range-max",
            json!({"max": {"cpu": "1", "memory": "2Gi"}}),
            ("1", "2Gi"),
            ("1", "2Gi"),
            &["LimitRange", "LimitRange"][..],
        ),
        (
            "range-default",
            json!({"default": {"cpu": "500m"}}),
            ("500m", "64Mi"),
            ("500m", "1Gi"),
            &["LimitRange", "LimitRange"],
        ),
        (
            "range-request",
            json!({"defaultRequest": {"cpu": "200m"}}),
            ("200m", "64Mi"),
            ("400m", "1Gi"),
            &["LimitRange"],
        ),
        (
            "range-above",
            json!({"defaultRequest": {"cpu": "500m"}}),
            ("500m", "64Mi"),
            ("", "1Gi"),
            &["LimitRange", "BelowRequest"],
        ),
        ("range-min", json!({"min": {"memory": "100Mi"}}), ("100m", "100Mi"), ("400m", "1Gi"), &["LimitRange"]),
        (
            "range-low",
            json!({"max": {"cpu": "50m"}}),
            ("50m", "64Mi"),
            ("50m", "1Gi"),
            &["FittedToLimit", "LimitRange"],
        ),
    ] {
        let mut limits = limits;
        limits["type"] = json!("Container");
        limited(namespace, &limits);
        let mut pod = pod("ranged", asks);
        pod["spec"]["initContainers"] = json!([{"name": "first", "image": "registry.example.com/app:1"}]);
        let answer = world.client.dry_run(namespace, &pod);
        let warnings = answer.warnings.clone();
        let returned = answer.pod();
        for container in [&returned["spec"]["containers"][0], &returned["spec"]["initContainers"][0]] {
            for (section, (cpu, memory)) in [("requests", requests), ("limits", most)] {
                let amounts = &container["resources"][section];
                let found = [&amounts["cpu"], &amounts["memory"]].map(|amount| amount.as_str().unwrap_or_default());
                assert_eq!(found, [cpu, memory], "{namespace}: {section} of {container}");
            }
        }
        let told: Vec<_> = warnings
            .iter()
            .map(|one| one.rsplit_once('[').map_or("", |(_, code)| code.trim_end_matches(']')))
            .collect();
        assert_eq!(told, codes, "{namespace}: {warnings:#?}");
        let (patch, report) = round(&returned).unwrap();
        assert_eq!((patch, report.warnings), (None, warnings), "{namespace}");
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_maximum_that_an_annotation_exceeds_is_the_servers_own_refusal() {
    let world = world();
    limited("range-pod", &json!({"type": "Pod", "max": {"cpu": "1"}}));
    let answer = world.client.dry_run("range-pod", &pod("greedy", &[("podwright.dev/limits", "cpu=2")]));
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert!(answer.message().contains("maximum cpu usage per Pod is 1"), "{}", answer.message());
    let modest = world.client.dry_run("range-pod", &pod("modest", &[("podwright.dev/limits", "cpu=1")]));
    assert_eq!(modest.status, 201, "{}", modest.body);
}
