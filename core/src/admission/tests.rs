//! The JSON of answers, and the errors with the party at fault.

use k8s_openapi::ByteString;
use serde_json::{Value, json};

use super::*;

fn review(operation: &str, kind: &str, object: &Value) -> String {
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1", "operation": operation,
        "kind": {"group": "", "version": "v1", "kind": kind}, "namespace": "ns", "object": object}})
    .to_string()
}

fn answer(body: &str, route: Route<'_>) -> (AnswerKind, Value) {
    let answer = super::answer(body.as_bytes(), route, &Configuration::default())
        .unwrap_or_else(|error| unreachable!("{error}"));
    (answer.outcome, serde_json::from_slice(&answer.body).unwrap_or_default())
}

fn pod(annotations: Value) -> Value {
    json!({"metadata": {"annotations": annotations}, "spec": {"containers": [{"name": "app"}]}})
}

#[test]
fn a_patch_leaves_as_base64_text() {
    let (outcome, answer) =
        answer(&review("CREATE", "Pod", &pod(json!({"podwright.dev/pre-stop-sleep": "5s"}))), Route::Pods);
    assert_eq!(outcome, AnswerKind::Patched);
    let response = answer.get("response").cloned().unwrap_or_default();
    assert_eq!(response.get("uid"), Some(&json!("u-1")));
    assert_eq!(response.get("allowed"), Some(&json!(true)));
    assert_eq!(response.get("patchType"), Some(&json!("JSONPatch")));
    let patch: ByteString =
        serde_json::from_value(response.get("patch").cloned().unwrap_or_default()).unwrap_or_default();
    let operations: Value = serde_json::from_slice(&patch.0).unwrap_or_default();
    let paths: Vec<_> =
        operations.as_array().into_iter().flatten().filter_map(|operation| operation.get("path")?.as_str()).collect();
    assert_eq!(
        paths,
        [
            "/spec/containers/0/lifecycle",
            "/metadata/annotations/podwright.dev~1status",
            "/spec/terminationGracePeriodSeconds"
        ]
    );
}

#[test]
fn nothing_to_do_is_no_patch_and_no_patch_type() {
    let allowed = json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "response": {"uid": "u-1", "allowed": true}});
    for (operation, kind, object) in [
        ("CREATE", "Pod", pod(json!({}))),
        ("CREATE", "Pod", pod(json!({"podwright.dev/inject": "false", "podwright.dev/pre-stop-sleep": "soon"}))),
        ("CREATE", "Pod", pod(json!({"podwright.dev/inject": "true", "kubernetes.io/config.mirror": "x"}))),
        ("UPDATE", "Pod", pod(json!({"podwright.dev/inject": "true"}))),
        ("DELETE", "Pod", Value::Null),
        ("CREATE", "Deployment", json!({"metadata": {"annotations": {"podwright.dev/inject": "true"}}})),
        ("CREATE", "Odd", json!({"metadata": 5, "spec": "x"})),
    ] {
        let (outcome, answer) = answer(&review(operation, kind, &object), Route::Pods);
        assert_eq!((outcome, &answer), (AnswerKind::Unchanged, &allowed), "{operation} {kind} {object}");
    }
}

#[test]
fn a_bad_annotation_is_denied_in_the_answer() {
    let annotations = json!({"podwright.dev/pre-stop-sleep": "soon", "podwright.dev/inject": "yes"});
    let (outcome, answer) = answer(&review("CREATE", "Pod", &pod(annotations)), Route::Pods);
    assert_eq!(outcome, AnswerKind::Denied);
    let response = answer.get("response").cloned().unwrap_or_default();
    assert_eq!((response.get("uid"), response.get("allowed")), (Some(&json!("u-1")), Some(&json!(false))));
    let status = response.get("status").cloned().unwrap_or_default();
    assert_eq!((status.get("code"), status.get("reason")), (Some(&json!(422)), Some(&json!("Invalid"))));
    let message = status.get("message").and_then(Value::as_str).unwrap_or_default();
    assert!(
        message.contains("podwright.dev/pre-stop-sleep: invalid duration \"soon\"")
            && message.contains("podwright.dev/inject: invalid value \"yes\"")
    );
    assert!(message.ends_with(
        "\nCorrect the annotations on the Pod or its template. To create the Pod without podwright, \
        set podwright.dev/inject: \"false\".\nAll rules of a key: podwright explain KEY, or \
        https://podwright.dev/annotations"
    ));
    assert!(status.get("details").is_none() && response.get("patch").is_none());
}

#[test]
fn the_namespace_opts_its_pods_in() {
    let route = Route::Namespace { profile: "default" };
    assert_eq!(answer(&review("CREATE", "Pod", &pod(json!({}))), route).0, AnswerKind::Patched);
    assert_eq!(
        answer(&review("CREATE", "Pod", &pod(json!({"podwright.dev/inject": "false"}))), route).0,
        AnswerKind::Unchanged
    );
}

#[test]
fn whose_fault_it_is() {
    let told = |body: &str, route| {
        super::answer(body.as_bytes(), route, &Configuration::default()).map(|answer| answer.outcome)
    };
    let good = review("CREATE", "Pod", &pod(json!({})));
    let v1beta1 = good.replace("admission.k8s.io/v1", "admission.k8s.io/v1beta1");
    let without_uid = good.replace("u-1", "");
    for body in
        ["", "null", "[]", "{}", "{", r#"{"kind": 5}"#, &v1beta1, &without_uid, good.get(..40).unwrap_or_default()]
    {
        assert!(matches!(told(body, Route::Pods), Err(Unanswerable::NotAReview(_))), "{body}");
    }
    let of_other_type = review("CREATE", "Pod", &json!({"spec": {"containers": "none"}}));
    let twice = good.replacen("\"spec\":{", "\"spec\":{},\"spec\":{", 1);
    assert_ne!(twice, good);
    for unreadable in [of_other_type, twice] {
        let told = told(&unreadable, Route::Pods);
        assert!(
            matches!(&told, Err(Unanswerable::NotAReview(told)) if told.contains("the Pod in the AdmissionReview is invalid")),
            "{told:?}"
        );
    }
    let lost = told(&good, Route::Namespace { profile: "wbe" });
    assert!(matches!(lost, Err(Unanswerable::UnknownProfile(told)) if told.contains("default, web")));
}

/// The sentence goes to the API server, its log and events.
#[test]
fn what_could_not_be_read_is_not_repeated_at_length() {
    let long = "\u{7f}secret".repeat(1000);
    let of_pod = review("CREATE", "Pod", &pod(json!({"podwright.dev/inject": {&long: &long}})));
    let of_key = review("CREATE", "Pod", &pod(json!({format!("podwright.dev/{long}"): 5})));
    let no_review = json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": long});
    for body in [of_pod, of_key, no_review.to_string()] {
        let refused = super::answer(body.as_bytes(), Route::Pods, &Configuration::default()).err();
        let sentence = refused.map(|error| error.to_string()).unwrap_or_default();
        assert!((1..600).contains(&sentence.len()) && !sentence.contains('\u{7f}'), "{sentence}");
    }
}

#[test]
fn a_list_is_no_review_and_no_request() {
    for body in [
        r#"["admission.k8s.io/v1", "AdmissionReview", {"uid": "u-1"}]"#,
        r#"{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": ["u-1", "CREATE"]}"#,
        r#"{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1", "kind": ["", "Pod"]}}"#,
    ] {
        let told = super::answer(body.as_bytes(), Route::Pods, &Configuration::default()).map(|answer| answer.outcome);
        let told = told.map_err(|error| error.to_string());
        assert!(told.as_ref().is_err_and(|told| told.contains("expected an object")), "{body}: {told:?}");
    }
}
