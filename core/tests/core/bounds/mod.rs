//! The largest and oddest Pods: answered, within bounds, and never refused because of podwright.

mod everything;
mod values;

use podwright_core::inject::{Injection, Refused, Root, inject, pod::Pod};
use podwright_core::profile::{Configuration, OptIn};
use serde_json::{Map, Value, json};

fn injected(pod: &Value) -> Result<Injection, String> {
    injected_with(pod, &Configuration::default())
}

fn injected_with(pod: &Value, configuration: &Configuration) -> Result<Injection, String> {
    let json = serde_json::to_vec(pod).unwrap();
    inject(&Pod::parse(&json).unwrap(), OptIn::Pod, configuration, Root::Pod).map_err(|refused| match refused {
        Refused::Faults(faults) => faults.to_string(),
        Refused::Unwritable(error) => panic!("{error}"),
    })
}

fn applied(pod: &Value, injection: &Injection) -> Value {
    let mut pod = pod.clone();
    let patch: json_patch::Patch = serde_json::from_slice(injection.patch.as_ref().unwrap().as_json()).unwrap();
    json_patch::patch(&mut pod, &patch).unwrap();
    pod
}

fn pod(annotations: Map<String, Value>, containers: usize) -> Value {
    let containers: Vec<Value> = (0..containers).map(|n| json!({"name": format!("c{n}")})).collect();
    json!({"metadata": {"annotations": annotations}, "spec": {"containers": containers}})
}

fn annotations(pairs: &[(&str, String)]) -> Map<String, Value> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect()
}

/// The bytes of all annotations after the patch.
fn bytes(pod: Value, injection: &Injection) -> usize {
    let pod = applied(&pod, injection);
    let annotations = pod["metadata"]["annotations"].as_object().unwrap();
    annotations.iter().map(|(key, value)| key.len() + value.as_str().unwrap().len()).sum()
}

#[test]
fn the_status_is_left_out_rather_than_break_the_limit_on_annotations() {
    let limit = 262_144;
    for free in [0, 44, 100, 5000] {
        let ours = "podwright.dev/pre-stop-sleep".len() + "5s".len();
        let filler = "x".repeat(limit - free - ours - "filler".len());
        let full = pod(annotations(&[("podwright.dev/pre-stop-sleep", "5s".into()), ("filler", filler)]), 3);
        let injection = injected(&full).unwrap();
        let bytes = bytes(full, &injection);
        assert!(bytes <= limit, "{free}: {bytes}");
        assert_eq!(bytes > limit - free, free == 5000, "{free}: {bytes}");
    }
}

/// Asserts that nothing is injected, that one warning says so, and that a second round on the same Pod does the same.
fn assert_left_as_it_is(pod: &Value) {
    let injection = injected(pod).unwrap();
    assert!(injection.patch.is_none(), "{}", injection.report.warnings.concat());
    let warnings = injection.report.warnings;
    assert!(
        matches!(&warnings[..], [one] if one.ends_with(" [TooLarge]") && one.chars().count() <= 256),
        "{warnings:?}"
    );
    let counts: Vec<_> = injection.report.counts.iter().map(|count| (count.reason, count.number)).collect();
    assert_eq!(counts, [("TooLarge", 1)]);
}

/// Asserts that the injected fields are in the Pod, and that a second round adds nothing and reports the same.
fn assert_injected(pod: &Value) {
    let first = injected(pod).unwrap();
    let second = injected(&applied(pod, &first)).unwrap();
    assert!(second.patch.is_none());
    assert_eq!(second.report.lines, first.report.lines);
}

#[test]
fn a_pod_that_podwrights_part_would_make_too_large_is_left_as_it_is() {
    let list = |source: &str| (0..128).map(|n| format!("V{n}={source}")).collect::<Vec<_>>().join(",");
    let many = |containers| pod(annotations(&[("podwright.dev/downward-env", list("metadata.name"))]), containers);
    assert_injected(&many(40));
    assert_left_as_it_is(&many(200));
    let mut long = pod(annotations(&[("podwright.dev/downward-env", list("container.image"))]), 2);
    long["spec"]["containers"][1]["image"] = json!("i".repeat(1_000_000));
    assert_left_as_it_is(&long);
}

#[test]
fn a_pod_near_the_limit_of_etcd_is_left_as_it_is() {
    let of = |bytes: usize| {
        let mut pod = pod(annotations(&[("podwright.dev/inject", "true".into())]), 1);
        pod["spec"]["containers"][0]["args"] = json!(["a".repeat(bytes)]);
        pod
    };
    assert_injected(&of(1_000_000));
    assert_left_as_it_is(&of(1_048_000));
    assert_left_as_it_is(&of(1_400_000));
}

#[test]
fn items_that_podwright_adds_count_as_the_pods_own() {
    let of = |variables: usize| {
        let mut pod = pod(annotations(&[("podwright.dev/downward-env", "POD_NAME,POD_IP".into())]), 1);
        pod["spec"]["containers"][0]["env"] =
            json!((0..variables).map(|n| json!({"name": format!("V{n}")})).collect::<Vec<_>>());
        pod
    };
    // Beside the variables: the container, which counts as four, two variables, the annotation and the status.
    assert_injected(&of(20_000 - 8));
    assert_left_as_it_is(&of(20_000 - 7));
    assert_left_as_it_is(&of(30_000));
}

#[test]
fn many_containers_and_very_many_udp_ports_are_no_obstacle() {
    assert_injected(&pod(annotations(&[("podwright.dev/pre-stop-sleep", "5s".into())]), 4200));
    let mut media = pod(annotations(&[("podwright.dev/inject", "true".into())]), 1);
    let ports: Vec<Value> =
        (1..10_000).map(|n| json!({"containerPort": n, "protocol": if n % 2 == 0 { "UDP" } else { "SCTP" }})).collect();
    media["spec"]["containers"][0]["ports"] = json!(ports);
    assert_injected(&media);
}

#[test]
fn a_pod_beyond_the_bound_that_asks_for_nothing_hears_nothing() {
    let huge = pod(Map::new(), 20_001);
    let injection = injected(&huge).unwrap();
    assert!(injection.patch.is_none() && injection.report.warnings.is_empty() && injection.report.counts.is_empty());
}

#[test]
fn a_status_that_is_replaced_makes_room_for_its_successor() {
    let forged = "x".repeat(262_144 - 50);
    let full = pod(annotations(&[("podwright.dev/pre-stop-sleep", "5s".into()), ("podwright.dev/status", forged)]), 1);
    let injection = injected(&full).unwrap();
    assert!(bytes(full, &injection) < 1000);
}

#[test]
fn annotations_that_cannot_be_stored_are_not_read() {
    let wrong = annotations(&[("podwright.dev/pre-stop-sleep", "x".repeat(2_000_000))]);
    assert!(injected(&pod(wrong, 1)).unwrap().patch.is_none());
}

#[test]
fn sixty_containers_that_all_earn_warnings_get_one_for_each_reason() {
    let mut all =
        pod(annotations(&[("podwright.dev/downward-env", "PORT=container.port,X=limits.cpu*50%".into())]), 60);
    for container in all["spec"]["containers"].as_array_mut().unwrap() {
        container["lifecycle"] = json!({"preStop": {"exec": {"command": ["a"]}}});
    }
    all["metadata"]["annotations"]["podwright.dev/pre-stop-sleep"] = json!("5s");
    let warnings = injected(&all).unwrap().report.warnings;
    assert_eq!(warnings.len(), 3, "{warnings:#?}");
    assert!(warnings.iter().all(|warning| warning.chars().count() <= 256), "{warnings:#?}");
}

/// One pass over the arguments: a search for each port in each argument would take minutes here.
#[test]
fn very_many_arguments_are_searched_once_for_a_thousand_ports() {
    let ports: Vec<Value> = (0..1000).map(|n| json!({"containerPort": 10_000 + n})).collect();
    let args: Vec<String> = (0..50_000).map(|n| format!("127.0.0.1:{}", n % 10_000)).collect();
    let mut pod = pod(annotations(&[("podwright.dev/inject", "true".into())]), 1);
    pod["spec"]["containers"][0]["ports"] = json!(ports);
    pod["spec"]["containers"][0]["args"] = json!(args);
    let probe = |pod: &Value| applied(pod, &injected(pod).unwrap())["spec"]["containers"][0]["readinessProbe"].clone();
    assert_eq!(probe(&pod), json!({"tcpSocket": {"port": 10_000}}));
    pod["spec"]["containers"][0]["args"][49_999] = json!("localhost:10999");
    assert_eq!(probe(&pod), json!(null));
}
