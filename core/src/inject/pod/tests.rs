//! Tests of the view: accepted values, and borrowing.

use super::*;

fn read(json: &str) -> Pod<'_> {
    Pod::parse(json.as_bytes()).unwrap_or_else(|error| unreachable!("{json}: {error}"))
}

#[test]
fn null_is_missing_everywhere() {
    let pod = read(
        r#"{"metadata": {"annotations": null}, "spec": {"initContainers": null, "terminationGracePeriodSeconds": null,
        "restartPolicy": null, "containers": [{"name": null, "image": null, "env": null, "envFrom": null, "ports": null,
        "resources": {"limits": null, "requests": {"cpu": null}}, "lifecycle": {"preStop": null}}]}}"#,
    );
    assert_eq!(pod.containers().count(), 1);
    assert!(pod.runs_forever() && pod.annotations().is_none());
    for json in [r#"{"metadata": null, "spec": null}"#, "{}"] {
        assert_eq!(read(json).containers().count(), 0, "{json}");
    }
}

#[test]
fn what_is_not_ours_refuses_nothing() {
    let pod = read(
        r#"{"metadata": {"labels": 5, "annotations": {"other": [1], "x": 1e999}}, "status": [[[]]],
        "spec": {"terminationGracePeriodSeconds": 99999999999999999999999, "activeDeadlineSeconds": 1e400, "containers": [
        {"name": "a", "ports": [{"containerPort": 1e99, "name": "http"}], "resources": {"claims": 7, "limits": {"cpu": 1}},
        "lifecycle": {"preStop": "odd"}, "env": [{"name": "X", "valueFrom": 3}], "restartPolicyRules": {}}]}}"#,
    );
    let container = pod.containers().next().map_or_else(|| unreachable!(), |at| at.container);
    let amount = |section, resource| pod.amount(container, section, resource);
    assert_eq!(amount(Section::Limits, Resource::Cpu), Quantity::parse("1"));
    assert_eq!(amount(Section::Requests, Resource::Cpu), Quantity::parse("1000m"));
    assert_eq!(amount(Section::Limits, Resource::Memory), None);
    let grace = pod.spec.as_ref().and_then(|spec| spec.termination_grace_period_seconds.as_ref()?.integer());
    assert_eq!(grace, None);
}

#[test]
fn a_list_is_no_object() {
    for json in [
        r#"[{"annotations": {}}, {}]"#,
        r#"{"metadata": [{"podwright.dev/inject": "true"}]}"#,
        r#"{"spec": [[]]}"#,
        r#"{"spec": {"resources": [{}]}}"#,
        r#"{"spec": {"containers": [["web"]]}}"#,
        r#"{"spec": {"containers": [{"env": [["A", "1"]]}]}}"#,
        r#"{"spec": {"containers": [{"ports": [["http", 80]]}]}}"#,
        r#"{"spec": {"containers": [{"resources": [{"cpu": 1}, {"cpu": 2}]}]}}"#,
        r#"{"spec": {"containers": [{"volumeMounts": [["data", "/data"]]}]}}"#,
        r#"{"spec": {"containers": [{"volumeDevices": [["/dev/sda"]]}]}}"#,
        r#"{"spec": {"containers": [{"lifecycle": [{}, {}]}]}}"#,
    ] {
        let told = Pod::parse(json.as_bytes()).map(|_| ()).map_err(|error| error.to_string());
        assert!(told.as_ref().is_err_and(|told| told.contains("expected an object")), "{json}: {told:?}");
    }
}

#[test]
fn strings_are_borrowed_unless_they_hold_escapes() {
    let json = r#"{"spec": {"containers": [{"name": "plain", "image": "esc\u0061ped"}]}}"#;
    let pod = read(json);
    let container = pod.containers().next().map_or_else(|| unreachable!(), |at| at.container);
    let within = |text: &str| json.as_bytes().as_ptr_range().contains(&text.as_ptr());
    assert!(within(container.name.as_str()));
    assert_eq!((container.image.as_str(), within(container.image.as_str())), ("escaped", false));
}

#[test]
fn annotations_of_others_are_counted_not_kept() {
    let pod = read(r#"{"metadata": {"annotations": {"a": "12345", "podwright.dev/inject": "true", "B": "\n"}}}"#);
    let annotations = pod.annotations().unwrap_or_else(|| unreachable!());
    assert_eq!(annotations.ours().collect::<Vec<_>>(), [("podwright.dev/inject", "true")]);
    assert_eq!(annotations.bytes_at_most(), 6 + 24 + 3);
    assert!(Pod::parse(br#"{"metadata": {"annotations": {"podwright.dev/inject": true}}}"#).is_err());
    let twice = br#"{"metadata": {"annotations": {"podwright.dev/inject": "true", "podwright.dev/inject": "false"}}}"#;
    assert!(Pod::parse(twice).is_err_and(|error| error.to_string().contains("podwright.dev/inject stands twice")));
}

#[test]
fn roles_and_restart_policies() {
    let pod = read(
        r#"{"spec": {"restartPolicy": "Never", "containers": [{"name": "a"}, {"name": "b", "restartPolicy": "Always"}],
        "initContainers": [{"name": "c"}, {"name": "d", "restartPolicy": "Always"}]}}"#,
    );
    let seen: Vec<_> = pod.containers().map(|at| (at.role(), at.runs_to_completion(pod.runs_forever()))).collect();
    assert_eq!(seen, [(Role::App, true), (Role::App, false), (Role::Init, true), (Role::NativeSidecar, true)]);
}

#[test]
fn two_bytes_of_json_cannot_stand_for_gigabytes() {
    let containers = |n: usize| format!(r#"{{"spec": {{"containers": [{}]}}}}"#, vec!["{}"; n].join(","));
    assert_eq!(read(&containers(ITEMS / 4)).containers().count(), ITEMS / 4);
    let beyond = containers(ITEMS / 4 + 1);
    let pod = read(&beyond);
    assert!(pod.is_beyond() && pod.containers().count() == 0);
}

#[test]
fn the_pods_own_limit_is_its_containers() {
    let pod = read(
        r#"{"spec": {"resources": {"limits": {"memory": "1Gi", "cpu": "2"}}, "containers": [{"resources": {"limits": {"cpu": "1"}}}]}}"#,
    );
    let container = pod.containers().next().map_or_else(|| unreachable!(), |at| at.container);
    let amount = |section, resource| pod.amount(container, section, resource);
    assert_eq!(amount(Section::Limits, Resource::Memory), Quantity::parse("1Gi"));
    assert_eq!(amount(Section::Limits, Resource::Cpu), Quantity::parse("1"));
    assert_eq!(amount(Section::Requests, Resource::Memory), None);
}
