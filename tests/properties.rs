//! What holds for every Pod, whatever its author wrote.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "a test may fail"
)]

mod generate;

use podwright::admission::{Route, answer};
use podwright::annotation::STATUS;
use podwright::inject::{Injection, Refused, Root, inject, pod::Pod};
use podwright::profile::{Configuration, OptIn};
use podwright::workload::{KINDS, Kind};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

fn round(pod: &Value, opt_in: OptIn<'_>, root: Root) -> Option<Injection> {
    let json = serde_json::to_vec(pod).unwrap();
    match inject(&Pod::parse(&json).unwrap(), opt_in, &Configuration::default(), root) {
        Ok(injection) => Some(injection),
        Err(Refused::Faults(faults)) => {
            assert!(faults.to_string().len() <= 4096 && faults.count() > 0);
            None
        }
        Err(Refused::Unwritable(error)) => panic!("{error}"),
    }
}

/// The Pod with the patch applied, by the `json-patch` crate.
fn applied(document: &Value, injection: &Injection) -> Value {
    let mut document = document.clone();
    if let Some(patch) = &injection.patch {
        let patch: json_patch::Patch = serde_json::from_slice(patch.as_json()).unwrap();
        let only = |operation: &&json_patch::PatchOperation| {
            !matches!(operation, json_patch::PatchOperation::Add(_) | json_patch::PatchOperation::Replace(_))
        };
        assert_eq!(patch.0.iter().find(only), None, "neither remove nor test");
        assert!(!patch.0.is_empty(), "nothing to do is no patch");
        json_patch::patch(&mut document, &patch).unwrap();
    }
    document
}

/// What the API server makes of a Pod before it calls us, as far as our features can see it.
fn defaulted(mut pod: Value) -> Value {
    let spec = &mut pod["spec"];
    for (field, default) in [("restartPolicy", json!("Always")), ("terminationGracePeriodSeconds", json!(30))] {
        if spec[field].is_null() {
            spec[field] = default;
        }
    }
    for list in ["containers", "initContainers"] {
        for container in spec[list].as_array_mut().into_iter().flatten() {
            default_container(container);
        }
    }
    pod
}

fn default_container(container: &mut Value) {
    container["terminationMessagePath"] = json!("/dev/termination-log");
    let resources = container["resources"].as_object().cloned().unwrap_or_default();
    let mut requests = resources.get("limits").cloned().unwrap_or(json!({}));
    for (name, amount) in resources.get("requests").and_then(Value::as_object).into_iter().flatten() {
        requests[name] = amount.clone();
    }
    container["resources"]["requests"] = requests;
    for variable in container["env"].as_array_mut().into_iter().flatten() {
        if let Some(field) = variable.pointer_mut("/valueFrom/fieldRef") {
            field["apiVersion"] = json!("v1");
        }
        if let Some(resource) = variable.pointer_mut("/valueFrom/resourceFieldRef") {
            resource["divisor"] = json!("0");
        }
    }
}

/// Everything that the author wrote is there: objects have all their members, lists all their items in their order (what
/// is ours stands before the author's env).
fn untouched(before: &Value, after: &Value, path: &str) -> Result<(), TestCaseError> {
    match (before, after) {
        (Value::Null, _) => Ok(()),
        (Value::Object(before), Value::Object(after)) => before.iter().try_for_each(|(key, value)| {
            let path = format!("{path}/{key}");
            let ours = path.ends_with("terminationGracePeriodSeconds") || key == STATUS;
            prop_assert!(after.contains_key(key), "{path} is gone");
            if ours { Ok(()) } else { untouched(value, &after[key], &path) }
        }),
        (Value::Array(before), Value::Array(after)) => {
            prop_assert!(after.len() == before.len() || path.ends_with("/env"), "{path} has {} items", after.len());
            let added = after.len() - before.len();
            before.iter().zip(after.iter().skip(added)).try_for_each(|(before, after)| untouched(before, after, path))
        }
        (before, after) => {
            prop_assert_eq!(before, after, "{}", path);
            Ok(())
        }
    }
}

/// The grace period is the author's where the author set one.
fn grace_is_kept(before: &Value, after: &Value) -> Result<(), TestCaseError> {
    let grace = |pod: &Value| pod["spec"]["terminationGracePeriodSeconds"].as_i64();
    let own = grace(before).filter(|seconds| *seconds != 30);
    prop_assert!(own.is_none() || grace(after) == own, "{own:?} became {:?}", grace(after));
    Ok(())
}

/// The same Pods every time, so that a change is judged by what it changes. To look further:
/// `PROPTEST_CASES=100000 PROPTEST_RNG_SEED=$RANDOM cargo test --test properties`.
fn config() -> ProptestConfig {
    let named = |variable: &str| std::env::var_os(variable).is_some();
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: if named("PROPTEST_CASES") { default.cases } else { 2000 },
        rng_seed: if named("PROPTEST_RNG_SEED") { default.rng_seed } else { RngSeed::Fixed(36) },
        failure_persistence: None,
        ..default
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn row_02_a_patch_applies_and_a_second_round_is_empty(pod in generate::pod(), by_namespace: bool) {
        let opt_in = if by_namespace { OptIn::Namespace { profile: "web" } } else { OptIn::Pod };
        if let Some(first) = round(&pod, opt_in, Root::Pod) {
            let fitted = applied(&pod, &first);
            let second = round(&fitted, opt_in, Root::Pod).unwrap();
            prop_assert_eq!(second.patch.map(|patch| String::from_utf8(patch.into_json()).unwrap()), None);
            prop_assert_eq!(second.report, first.report);
        }
    }

    #[test]
    fn the_author_is_never_overridden(pod in generate::pod()) {
        if let Some(injection) = round(&pod, OptIn::Namespace { profile: "default" }, Root::Pod) {
            let fitted = applied(&pod, &injection);
            untouched(&pod, &fitted, "")?;
            grace_is_kept(&pod, &fitted)?;
        }
    }

    #[test]
    fn a_pod_means_the_same_before_and_after_the_server_defaults_it(pod in generate::pod()) {
        let raw = round(&pod, OptIn::Pod, Root::Pod);
        let served = round(&defaulted(pod), OptIn::Pod, Root::Pod);
        prop_assert_eq!(raw.map(|injection| injection.report), served.map(|injection| injection.report));
    }

    #[test]
    fn a_pod_template_is_fitted_like_its_pod(pod in generate::pod()) {
        let template = json!({"metadata": pod["metadata"], "spec": pod["spec"]});
        let workload = json!({"kind": "Deployment", "spec": {"template": template}});
        if let (Some(alone), Some(within)) = (round(&pod, OptIn::Pod, Root::Pod), round(&template, OptIn::Pod, Root::PodTemplate)) {
            prop_assert_eq!(&applied(&workload, &within)["spec"]["template"]["spec"], &applied(&pod, &alone)["spec"]);
        }
    }

    #[test]
    fn warnings_fit_the_servers_budget(pod in generate::pod()) {
        if let Some(injection) = round(&pod, OptIn::Pod, Root::Pod) {
            for warning in &injection.report.warnings {
                prop_assert!(warning.chars().count() <= 256 && !warning.contains(char::is_control), "{}", warning);
            }
            prop_assert!(injection.report.warnings.iter().map(String::len).sum::<usize>() <= 4096);
        }
    }

    #[test]
    fn any_annotation_is_answered(key in "(podwright\\.dev|[a-z.]{0,9}podwright.dev|\\PC{0,9})/\\PC{0,20}", value in "\\PC{0,60}") {
        let _ = round(&json!({"metadata": {"annotations": {key: value}}, "spec": {"containers": [{"name": "a"}]}}), OptIn::Pod, Root::Pod);
    }

    #[test]
    fn any_value_of_a_known_key_is_answered(key in proptest::sample::select(podwright::annotation::keys::KEYS.map(|key| key.name).to_vec()),
        value in "([a-z.]{0,9}=)?[a-zA-Z0-9_,.='*%/\\[\\]{}: -]{0,40}", container: bool) {
        let key = format!("{}podwright.dev/{key}", if container { "a." } else { "" });
        let _ = round(&json!({"metadata": {"annotations": {key: value}}, "spec": {"containers": [{"name": "a"}]}}), OptIn::Pod, Root::Pod);
    }

    #[test]
    fn any_text_is_no_pod_or_a_pod(text in "\\PC{0,200}") {
        let _ = Pod::parse(text.as_bytes());
        for route in [Route::Pods, Route::Workloads] {
            let _ = answer(text.as_bytes(), route, &Configuration::default());
        }
    }

    #[test]
    fn a_workload_is_allowed_whatever_is_in_it(pod in generate::pod(), key in "([a-z.]{0,9}podwright.dev|\\PC{0,9})/\\PC{0,20}", value in "\\PC{0,60}") {
        let ours = json!({"annotations": {&key: value}, "labels": {&key: value}});
        let jobs = json!({"metadata": ours, "spec": {"template": pod}});
        let object = json!({"metadata": ours, "spec": {"template": pod, "jobTemplate": jobs}});
        for kind in KINDS {
            let response = checked(kind, &object);
            assert_eq!((&response["allowed"], &response["patch"]), (&json!(true), &json!(null)), "{response}");
            let warnings = response["warnings"].as_array().into_iter().flatten().filter_map(Value::as_str);
            assert!(warnings.map(|warning| warning.chars().count()).sum::<usize>() <= 4096, "{response}");
        }
    }
}

fn checked(kind: Kind, object: &Value) -> Value {
    let review = json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1",
        "operation": "UPDATE", "kind": {"group": kind.group, "kind": kind.name}, "object": object}});
    let answer = answer(review.to_string().as_bytes(), Route::Workloads, &Configuration::default()).unwrap();
    serde_json::from_slice::<Value>(&answer.body).unwrap()["response"].take()
}
