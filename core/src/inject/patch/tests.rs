//! The form of the operations: missing parents, `null`, existing lists, escapes, the root.

use k8s_openapi::api::core::v1::{LifecycleHandler, Probe, SleepAction};

use super::*;
use crate::annotation::amounts::Amount;
use crate::annotation::downward::{Resource, Section};
use crate::annotation::paths::MessagePolicy;
use crate::annotation::probe::ProbeKind;
use crate::inject::edit::{
    AddedAmount, DownwardApiFile, DownwardApiSource, DownwardApiVolume, InContainer, InPod, ReadOnlyMount, Value,
    Variable,
};
use crate::inject::pod::Slot;

/// An edit of a container or of the Pod.
#[derive(Clone)]
enum Edit<'p> {
    In(Slot, InContainer<'p>),
    Pod(InPod),
}

fn patch(pod: &str, edits: &[Edit<'_>], root: Root) -> serde_json::Value {
    let view = Pod::parse(pod.as_bytes()).unwrap_or_default();
    let mut draft = Draft::default();
    for edit in edits.iter().cloned() {
        match edit {
            Edit::In(slot, edit) => draft.edit(slot, edit),
            Edit::Pod(edit) => draft.edit_pod(edit),
        }
    }
    let patch = render(&view, &draft, root).ok().flatten().unwrap_or_else(|| unreachable!());
    let patch = patch.with_operations(&view, &draft, root).unwrap_or_else(|error| unreachable!("{error}"));
    let json: serde_json::Value = serde_json::from_slice(patch.as_json()).unwrap_or_default();
    assert_eq!(serde_json::to_value(patch.operations()).ok().as_ref(), Some(&json), "the same as the JSON");
    json
}

fn env(name: &str) -> Edit<'_> {
    Edit::In(Slot::App(0), InContainer::Env(Variable { name, value: Value::Literal("v".into()) }))
}

fn sleep() -> Edit<'static> {
    let handler = LifecycleHandler { sleep: Some(SleepAction { seconds: 5 }), ..Default::default() };
    Edit::In(Slot::Init(0), InContainer::PreStop(Box::new(handler)))
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
    let edits: Vec<Edit<'_>> = names.iter().map(|name| env(name)).collect();
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
    let edits = [Edit::Pod(InPod::Status("{}".into())), Edit::Pod(InPod::GracePeriod(35))];
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
    assert_eq!(
        patch(pod, &[Edit::Pod(InPod::Status("{}".into())), Edit::Pod(InPod::GracePeriod(35))], Root::Pod),
        json(wanted)
    );
    let beside = r#"[{"op":"add","path":"/metadata/annotations/podwright.dev~1status","value":"{}"}]"#;
    let pod = r#"{"metadata": {"annotations": {"a~/b": "c"}}}"#;
    assert_eq!(patch(pod, &[Edit::Pod(InPod::Status("{}".into()))], Root::Pod), json(beside));
}

#[test]
fn a_pod_template_has_the_root_of_its_workload() {
    for (root, template) in [
        (Root::Pod, ""),
        (Root::PodTemplate, "/spec/template"),
        (Root::CronJobTemplate, "/spec/jobTemplate/spec/template"),
        (Root::TopTemplate, "/template"),
    ] {
        let wanted = r#"[{"op":"add","path":"ROOT/metadata","value":{"annotations":{"podwright.dev/status":"{}"}}}]"#;
        assert_eq!(
            patch("{}", &[Edit::Pod(InPod::Status("{}".into()))], root),
            json(&wanted.replace("ROOT", template))
        );
    }
}

fn amounts() -> [Amount; 2] {
    ["cpu=1", "cpu=2"].map(|text| {
        let amounts = crate::annotation::amounts::Amounts::parse(text).unwrap_or_default();
        amounts.get(Resource::Cpu).cloned().unwrap_or_else(|| unreachable!())
    })
}

const FILES: [DownwardApiFile; 1] = [DownwardApiFile::new("f", "metadata.uid")];

/// Tests each kind of edit that this document has a place for.
fn one_of_each(amounts: &[Amount; 2]) -> Vec<Edit<'_>> {
    let app = |edit| Edit::In(Slot::App(0), edit);
    let [one, two] = amounts;
    let probe = Probe { period_seconds: Some(3), ..Default::default() };
    vec![
        app(InContainer::Mount(ReadOnlyMount::new("v", "/b"))),
        app(InContainer::Mount(ReadOnlyMount::new("v", "/a"))),
        app(InContainer::Amount(AddedAmount { section: Section::Requests, resource: Resource::Cpu, amount: one })),
        app(InContainer::Amount(AddedAmount { section: Section::Limits, resource: Resource::Cpu, amount: two })),
        app(InContainer::Probe(ProbeKind::Readiness, Box::new(probe))),
        app(InContainer::MessagePolicy(MessagePolicy::FallbackToLogsOnError)),
        Edit::Pod(InPod::Volume(DownwardApiVolume { name: "v", source: DownwardApiSource { items: &FILES } })),
    ]
}

#[test]
fn lists_that_are_there_are_appended_to_in_the_order_of_the_edits() {
    let pod = r#"{"spec": {"volumes": [{"name": "x"}], "containers": [{"volumeMounts": [{"name": "x", "mountPath": "/x"}],
        "resources": {"requests": {"memory": "1Gi"}}, "terminationMessagePolicy": "File", "readinessProbe": null}]}}"#;
    let wanted = r#"[
        {"op":"add","path":"/spec/containers/0/readinessProbe","value":{"periodSeconds":3}},
        {"op":"add","path":"/spec/containers/0/resources/limits","value":{"cpu":"2"}},
        {"op":"add","path":"/spec/containers/0/resources/requests/cpu","value":"1"},
        {"op":"replace","path":"/spec/containers/0/terminationMessagePolicy","value":"FallbackToLogsOnError"},
        {"op":"add","path":"/spec/containers/0/volumeMounts/-","value":{"mountPath":"/b","name":"v","readOnly":true}},
        {"op":"add","path":"/spec/containers/0/volumeMounts/-","value":{"mountPath":"/a","name":"v","readOnly":true}},
        {"op":"add","path":"/spec/volumes/-","value":{"name":"v","downwardAPI":{"items":[{"path":"f","fieldRef":{"fieldPath":"metadata.uid"}}]}}}]"#;
    assert_eq!(patch(pod, &one_of_each(&amounts()), Root::Pod), json(wanted));
}

#[test]
fn what_is_missing_is_added_with_all_that_goes_into_it() {
    let pod = r#"{"spec": {"containers": [{"resources": {}}]}}"#;
    let wanted = r#"[
        {"op":"add","path":"/spec/containers/0/readinessProbe","value":{"periodSeconds":3}},
        {"op":"add","path":"/spec/containers/0/resources/limits","value":{"cpu":"2"}},
        {"op":"add","path":"/spec/containers/0/resources/requests","value":{"cpu":"1"}},
        {"op":"add","path":"/spec/containers/0/terminationMessagePolicy","value":"FallbackToLogsOnError"},
        {"op":"add","path":"/spec/containers/0/volumeMounts","value":[{"mountPath":"/b","name":"v","readOnly":true},{"mountPath":"/a","name":"v","readOnly":true}]},
        {"op":"add","path":"/spec/volumes","value":[{"name":"v","downwardAPI":{"items":[{"path":"f","fieldRef":{"fieldPath":"metadata.uid"}}]}}]}]"#;
    assert_eq!(patch(pod, &one_of_each(&amounts()), Root::Pod), json(wanted));
}
