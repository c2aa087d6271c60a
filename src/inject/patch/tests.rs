//! The shape of the operations: missing parents, `null`, lists that are there, escapes, the root.

use k8s_openapi::api::core::v1::SleepAction;

use super::*;

fn patch(pod: &str, edits: &[Edit], root: Root) -> serde_json::Value {
    let view = Pod::parse(pod.as_bytes()).unwrap_or_default();
    let patch = render(&view, edits, root).ok().flatten().unwrap_or_else(|| unreachable!());
    serde_json::from_slice(patch.as_json()).unwrap_or_default()
}

fn env(name: &str) -> Edit {
    Edit::Env(Slot::App(0), EnvVar { name: name.into(), value: Some("v".into()), value_from: None })
}

fn sleep() -> Edit {
    Edit::PreStop(Slot::Init(0), LifecycleHandler { sleep: Some(SleepAction { seconds: 5 }), ..Default::default() })
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| unreachable!("{text}: {error}"))
}

#[test]
fn a_missing_list_is_added_whole_and_so_is_a_null_or_empty_one() {
    for there in ["", r#","env": null"#, r#","env": []"#] {
        let pod = format!(r#"{{"spec": {{"containers": [{{"name": "a"{there}}}]}}}}"#);
        let wanted = r#"[{"op":"add","path":"/spec/containers/0/env","value":[{"name":"A","value":"v"},{"name":"B","value":"v"}]}]"#;
        assert_eq!(patch(&pod, &[env("A"), env("B")], Root::Pod), json(wanted), "{there}");
    }
}

#[test]
fn a_list_that_is_there_is_prepended_to_in_order() {
    let pod = r#"{"spec": {"containers": [{"env": [{"name": "C"}]}]}}"#;
    let wanted = r#"[{"op":"add","path":"/spec/containers/0/env/0","value":{"name":"A","value":"v"}},
        {"op":"add","path":"/spec/containers/0/env/1","value":{"name":"B","value":"v"}}]"#;
    assert_eq!(patch(pod, &[env("A"), env("B")], Root::Pod), json(wanted));
}

#[test]
fn ten_variables_and_more_keep_their_order() {
    let names: Vec<String> = (0..12).map(|n| format!("V{n}")).collect();
    let edits: Vec<Edit> = names.iter().map(|name| env(name)).collect();
    for there in ["", r#""env": [{"name": "C"}]"#] {
        let pod = format!(r#"{{"spec": {{"containers": [{{{there}}}]}}}}"#);
        let mut document = json(&pod);
        let patch = patch(&pod, &edits, Root::Pod);
        let operations: json_patch::Patch = serde_json::from_value(patch).unwrap_or_default();
        assert_eq!(json_patch::patch(&mut document, &operations).ok(), Some(()));
        let order: Vec<_> =
            (0..12).filter_map(|n| document.pointer(&format!("/spec/containers/0/env/{n}/name"))?.as_str()).collect();
        assert_eq!(order, names);
    }
}

#[test]
fn a_hook_goes_beside_the_one_that_is_there() {
    let with = |there: &str| format!(r#"{{"spec": {{"initContainers": [{{{there}}}]}}}}"#);
    let whole =
        r#"[{"op":"add","path":"/spec/initContainers/0/lifecycle","value":{"preStop":{"sleep":{"seconds":5}}}}]"#;
    let beside = r#"[{"op":"add","path":"/spec/initContainers/0/lifecycle/preStop","value":{"sleep":{"seconds":5}}}]"#;
    assert_eq!(patch(&with(""), &[sleep()], Root::Pod), json(whole));
    assert_eq!(patch(&with(r#""lifecycle": null"#), &[sleep()], Root::Pod), json(whole));
    for there in [r#""lifecycle": {"postStart": {}}"#, r#""lifecycle": {}"#, r#""lifecycle": {"preStop": null}"#] {
        assert_eq!(patch(&with(there), &[sleep()], Root::Pod), json(beside), "{there}");
    }
}

#[test]
fn the_largest_missing_part_is_one_operation() {
    let edits = [Edit::Status("{}".into()), Edit::GracePeriod(35)];
    let wanted = r#"[{"op":"add","path":"/metadata","value":{"annotations":{"podwright.dev/status":"{}"}}},
        {"op":"add","path":"/spec","value":{"terminationGracePeriodSeconds":35}}]"#;
    assert_eq!(patch("{}", &edits, Root::Pod), json(wanted));
    let wanted = r#"[{"op":"add","path":"/metadata/annotations","value":{"podwright.dev/status":"{}"}},
        {"op":"add","path":"/spec/terminationGracePeriodSeconds","value":35}]"#;
    for there in ["", r#""annotations": null"#] {
        let pod = format!(r#"{{"metadata": {{{there}}}, "spec": {{}}}}"#);
        assert_eq!(patch(&pod, &edits, Root::Pod), json(wanted), "{there}");
    }
}

#[test]
fn what_is_there_is_replaced_and_slashes_in_keys_are_escaped() {
    let pod = r#"{"metadata": {"annotations": {"podwright.dev/status": "forged"}}, "spec": {"terminationGracePeriodSeconds": 30}}"#;
    let wanted = r#"[{"op":"replace","path":"/metadata/annotations/podwright.dev~1status","value":"{}"},
        {"op":"replace","path":"/spec/terminationGracePeriodSeconds","value":35}]"#;
    assert_eq!(patch(pod, &[Edit::Status("{}".into()), Edit::GracePeriod(35)], Root::Pod), json(wanted));
    let beside = r#"[{"op":"add","path":"/metadata/annotations/podwright.dev~1status","value":"{}"}]"#;
    let pod = r#"{"metadata": {"annotations": {"a~/b": "c"}}}"#;
    assert_eq!(patch(pod, &[Edit::Status("{}".into())], Root::Pod), json(beside));
}

#[test]
fn a_pod_template_has_the_root_of_its_workload() {
    for (root, template) in [
        (Root::Pod, ""),
        (Root::PodTemplate, "/spec/template"),
        (Root::CronJobTemplate, "/spec/jobTemplate/spec/template"),
    ] {
        let wanted = r#"[{"op":"add","path":"ROOT/metadata","value":{"annotations":{"podwright.dev/status":"{}"}}}]"#;
        assert_eq!(patch("{}", &[Edit::Status("{}".into())], root), json(&wanted.replace("ROOT", template)));
    }
}
