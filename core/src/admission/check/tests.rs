//! The warnings about a workload, which is never changed.

use serde_json::{Value, json};

use super::super::{AnswerKind, Route, answer, reasons};
use super::*;
use crate::profile::OnInvalidAnnotation;
use crate::workload::KINDS;

fn object(kind: WorkloadKind, template: &Value) -> Value {
    let jobs = json!({"spec": {"template": template}});
    if kind.template == Root::TopTemplate {
        return json!({"apiVersion": "v1", "kind": kind.name, "metadata": {"name": "web"}, "template": template});
    }
    let spec = if kind.name == "CronJob" { json!({"jobTemplate": jobs}) } else { json!({"template": template}) };
    json!({"apiVersion": "x/v1", "kind": kind.name, "metadata": {"name": "web"}, "spec": spec})
}

fn template(annotations: Value) -> Value {
    json!({"metadata": {"annotations": annotations}, "spec": {"containers": [{"name": "app"}]}})
}

fn review(operation: &str, kind: WorkloadKind, object: &Value) -> String {
    let of = json!({"group": kind.group, "version": "v1", "kind": kind.name});
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1",
        "operation": operation, "kind": of, "object": object, "oldObject": object}})
    .to_string()
}

fn checked(body: &str, configuration: &Configuration) -> (AnswerKind, Value) {
    let answer = answer(body.as_bytes(), Route::Workloads, configuration);
    let answer = answer.unwrap_or_else(|error| unreachable!("{body}: {error}"));
    (answer.outcome, serde_json::from_slice(&answer.body).unwrap_or_default())
}

fn warnings(kind: WorkloadKind, annotations: Value) -> Vec<String> {
    let body = review("CREATE", kind, &object(kind, &template(annotations)));
    told(&checked(&body, &Configuration::default()).1)
}

/// The warnings before the hint, which ends each list of warnings.
fn told(answer: &Value) -> Vec<String> {
    let warnings = answer.pointer("/response/warnings").and_then(Value::as_array).into_iter().flatten();
    let mut warnings: Vec<String> = warnings.filter_map(Value::as_str).map(str::to_owned).collect();
    let hint = warnings.pop();
    assert!(hint.is_none_or(|hint| hint.contains("`podwright explain CODE`")), "{answer}");
    warnings
}

#[test]
fn a_bad_annotation_is_allowed_and_told_for_every_kind() {
    for kind in KINDS {
        for operation in ["CREATE", "UPDATE"] {
            let object = object(kind, &template(json!({"podwright.dev/pre-stop-sleep": "soon"})));
            let (outcome, answer) = checked(&review(operation, kind, &object), &Configuration::default());
            assert_eq!(outcome, AnswerKind::Warned);
            let mut response = answer.get("response").cloned().unwrap_or_default();
            let said = told(&answer);
            let start = format!("podwright would deny the Pods of this {}: podwright.dev/pre-stop-sleep: ", kind.name);
            assert!(
                matches!(&said[..], [one] if one.starts_with(&start) && one.ends_with(" 5s, 5 or 1m30s [PodsDenied]")),
                "{said:#?}"
            );
            response.as_object_mut().map(|response| response.remove("warnings"));
            assert_eq!(response, json!({"uid": "u-1", "allowed": true}), "no patch, no status, no audit annotation");
        }
    }
}

#[test]
fn what_is_not_applied_or_asks_for_nothing_is_allowed_in_silence() {
    let [kind, ..] = KINDS;
    let pod = WorkloadKind { group: "", name: "Pod", ..kind };
    let foreign = WorkloadKind { group: "example.com", name: "Web", ..kind };
    let bad = object(kind, &template(json!({"podwright.dev/pre-stop-sleep": "soon"})));
    for body in [
        review("DELETE", kind, &Value::Null),
        review("CONNECT", kind, &bad),
        review("CREATE", pod, &bad),
        review("CREATE", foreign, &json!({"spec": {"template": {"metadata": 5, "spec": {"containers": [5]}}}})),
        review("CREATE", foreign, &json!({"metadata": 5})),
        review("UPDATE", pod, &bad),
        review("CREATE", pod, &json!({"metadata": 5})),
        review("CREATE", kind, &object(kind, &template(json!({"podwright.dev/downward-env": "POD_NAME"})))),
        review(
            "UPDATE",
            kind,
            &object(
                kind,
                &template(json!({"podwright.dev/inject": "false",
            "podwright.dev/pre-stop-sleep": "soon"})),
            ),
        ),
        review("CREATE", kind, &json!({"metadata": null, "spec": null})),
    ] {
        let (outcome, answer) = checked(&body, &Configuration::default());
        assert_eq!(outcome, AnswerKind::Unchanged, "{body}");
        assert_eq!(answer.get("response"), Some(&json!({"uid": "u-1", "allowed": true})), "{body}");
    }
}

#[test]
fn the_pods_own_warnings_are_told_as_they_would_hear_them() {
    let kept = json!({"metadata": {"annotations": {"podwright.dev/pre-stop-sleep": "5s"}}, "spec": {"containers": [
        {"name": "app", "lifecycle": {"preStop": {"exec": {"command": ["/bin/drain"]}}}}]}});
    for kind in KINDS {
        let (_, answer) = checked(&review("CREATE", kind, &object(kind, &kept)), &Configuration::default());
        assert_eq!(
            told(&answer),
            ["podwright.dev/pre-stop-sleep not injected into app: the Pod already sets another value, and podwright \
              keeps it. Remove the Pod's value to use podwright's. If the Pod's value is right, no action is needed. \
              [KeptAuthors]"]
        );
    }
}

#[test]
fn where_the_configuration_lets_such_pods_in_nobody_says_that_they_are_denied() {
    let lenient = Configuration { on_invalid_annotation: OnInvalidAnnotation::Warn, ..Configuration::default() };
    let [kind, ..] = KINDS;
    let body = review("CREATE", kind, &object(kind, &template(json!({"podwright.dev/pre-stop-sleep": "soon"}))));
    let said = told(&checked(&body, &lenient).1);
    assert!(
        matches!(&said[..], [one] if one.ends_with(" [InvalidAnnotation]") && !one.contains("denied")),
        "{said:#?}"
    );
}

#[test]
fn what_is_misplaced_and_what_is_wrong_is_told_at_once() {
    let [kind, ..] = KINDS;
    let mut object = object(kind, &template(json!({"podwright.dev/pre-stop-sleep": "soon"})));
    if let Some(metadata) = object.get_mut("metadata") {
        *metadata =
            json!({"annotations": {"podwright.dev/inject": "true"}, "labels": {"podwright.dev/inject": "true"}});
    }
    let said = told(&checked(&review("CREATE", kind, &object), &Configuration::default()).1);
    let codes: Vec<_> = said.iter().filter_map(|one| one.rsplit_once(" [").map(|(_, code)| code)).collect();
    assert_eq!(codes, ["OnTheWorkload]", "LabelNotAnnotation]", "PodsDenied]"], "{said:#?}");
}

#[test]
fn nonsense_of_any_size_stays_within_the_servers_budget() {
    let name = |n: usize| format!("c{n}{}", "x".repeat(50));
    let nonsense: serde_json::Map<_, _> = (0..300)
        .map(|n| (format!("{}.podwright.dev/downward-env", name(n)), json!("é\u{1b}\n=,".repeat(100))))
        .collect();
    for kind in KINDS {
        let said = warnings(kind, nonsense.clone().into());
        assert_eq!(said.len(), 9, "{said:#?}");
        assert!(said.last().is_some_and(|last| last.contains(" more invalid annotations ")), "{said:#?}");
        for one in &said {
            assert!(one.chars().count() <= 256 && !one.contains(char::is_control), "{one}");
        }
        let characters: usize = said.iter().map(|one| one.chars().count()).sum();
        assert!(characters <= 4096, "{characters}");
    }
}

#[test]
fn a_workload_that_cannot_be_read_is_allowed_and_told() {
    let [kind, ..] = KINDS;
    let containers = "none";
    let (outcome, answer) = checked(
        &review("CREATE", kind, &object(kind, &json!({"spec": {"containers": containers}}))),
        &Configuration::default(),
    );
    assert_eq!((outcome, answer.pointer("/response/allowed")), (AnswerKind::Warned, Some(&json!(true))));
    let said = told(&answer);
    assert!(
        matches!(&said[..], [one] if one.starts_with("podwright did not check this Deployment because a field is invalid: ") && one.ends_with(" [Unreadable]")),
        "{said:?}"
    );
}

#[test]
fn any_kind_with_a_pod_template_is_looked_at_and_others_have_no_use_for_our_keys() {
    let [kind, ..] = KINDS;
    let rollout = WorkloadKind { group: "argoproj.io", name: "Rollout", ..kind };
    let body = review("UPDATE", rollout, &object(rollout, &template(json!({"podwright.dev/liveness-prob": "tcp"}))));
    let said = told(&checked(&body, &Configuration::default()).1);
    assert!(
        matches!(&said[..], [one] if one.starts_with("podwright would deny the Pods of this Rollout: ") && one.ends_with("[PodsDenied]")),
        "{said:?}"
    );
    let secret = json!({"metadata": {"annotations": {"podwright.dev/inject": "true"}},
        "spec": {"template": {"metadata": {"annotations": {"a": "b"}}, "data": {}}}});
    let external = WorkloadKind { group: "example.com", name: "SealedSecret", ..kind };
    let said = told(&checked(&review("CREATE", external, &secret), &Configuration::default()).1);
    assert!(
        matches!(&said[..], [one] if one.starts_with("podwright.dev/inject in metadata.annotations of the SealedSecret: ")
            && one.ends_with("[NoPodTemplate]")),
        "{said:?}"
    );
}

#[test]
fn a_namespace_hears_of_a_label_that_opts_nothing_in() {
    let namespace = WorkloadKind { group: "", name: "Namespace", template: Root::Pod };
    for (key, value, code) in [
        ("inject", "enabled", None),
        ("inject", "true", None),
        ("inject", "disable", Some("[UnknownOptIn]")),
        ("profile", "web", None),
        ("profile", "wbe", Some("Did you mean web? [UnknownNamespaceProfile]")),
    ] {
        let object = json!({"metadata": {"labels": {format!("podwright.dev/{key}"): value}}});
        let said = told(&checked(&review("UPDATE", namespace, &object), &Configuration::default()).1);
        assert_eq!(said.len(), usize::from(code.is_some()), "{said:?}");
        assert!(said.iter().all(|one| code.is_some_and(|code| one.ends_with(code))), "{said:?}");
    }
}

#[test]
fn a_pod_that_runs_hears_that_its_annotations_were_read_before() {
    let pod = json!({"metadata": {"annotations": {"podwright.dev/inject": "true", "podwright.dev/status": "{}"}}});
    let body = |operation: &str, old: &Value| {
        let kind = json!({"group": "", "version": "v1", "kind": "Pod"});
        json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1",
            "operation": operation, "kind": kind, "object": pod, "oldObject": old}})
        .to_string()
    };
    let said = told(&checked(&body("UPDATE", &json!({"metadata": {}})), &Configuration::default()).1);
    assert!(
        matches!(&said[..], [one] if one.starts_with("podwright.dev/inject in ") && one.ends_with("[ReadAtCreation]")),
        "{said:?}"
    );
    for silent in [body("UPDATE", &pod), body("CREATE", &Value::Null), body("UPDATE", &json!({"metadata": 5}))] {
        assert_eq!(told(&checked(&silent, &Configuration::default()).1), [""; 0], "{silent}");
    }
}

#[test]
fn every_reason_has_a_code_of_its_own_and_half_a_sentence() {
    let all: Vec<_> = reasons().map(|(_, reason)| reason).collect();
    for (place, reason) in all.iter().enumerate() {
        assert!(reason.code.chars().all(char::is_alphanumeric), "{}", reason.code);
        assert!(all.iter().skip(place + 1).all(|other| other.code != reason.code), "{} twice", reason.code);
        let Reason { sentence, remedy, .. } = reason;
        assert!(!sentence.ends_with('.') && sentence.is_ascii() && sentence.len() <= 110, "{sentence}");
        assert!(remedy.ends_with('.') && remedy.is_ascii(), "{remedy}");
    }
}
