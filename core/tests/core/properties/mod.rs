//! Properties of every Pod, whatever its author wrote.

mod applied_pods;
mod fits;
mod kept;
mod owned;
mod references;
mod served;
mod setup;
mod valid;

use applied_pods::shown_stays;
use kept::{containers, left_out, untouched};
use podwright_core::admission::{Route, answer};
use podwright_core::inject::{Root, inject, pod::Pod, reasons};
use podwright_core::profile::{Configuration, OptIn};
use podwright_core::workload::{KINDS, TemplateObject, WorkloadKind, owner_of_pods};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use served::served;
use setup::{Setup, applied, round, setup, try_round};

use crate::config;
use crate::generate::{self, annotations};

/// Asserts that another round changes nothing and reports the same.
fn says_the_same(pod: &Value, setup: Setup, report: &podwright_core::inject::Report) -> Result<(), TestCaseError> {
    let again = round(pod, setup).unwrap();
    prop_assert_eq!(again.patch.map(|patch| String::from_utf8(patch.into_json()).unwrap()), None, "{}", pod);
    prop_assert_eq!(&again.report, report, "{}", pod);
    Ok(())
}

/// `podwright preview` sees the template, and the webhook sees the Pod with its owner reference.
#[test]
fn a_template_and_its_pod_have_the_same_service() {
    let metadata = json!({"annotations": {"podwright.dev/downward-env": "OTEL"}});
    let spec = json!({"containers": [{"name": "app", "image": "app:1"}]});
    let template = json!({"metadata": metadata, "spec": spec}).to_string();
    for (group, kind, owner, name) in [
        ("apps", "Deployment", ("apps/v1", "ReplicaSet"), "shop-0a1b"),
        ("apps", "StatefulSet", ("apps/v1", "StatefulSet"), "shop"),
        ("apps", "DaemonSet", ("apps/v1", "DaemonSet"), "shop"),
        ("batch", "CronJob", ("batch/v1", "Job"), "shop-29934720"),
        ("batch", "Job", ("batch/v1", "Job"), "shop"),
        ("example.com", "Shop", ("example.com/v1", "Shop"), "shop"),
        ("", "PodTemplate", ("", ""), ""),
    ] {
        let mut pod = json!({"metadata": metadata, "spec": spec});
        pod["metadata"]["labels"] = json!({"pod-template-hash": "0a1b"});
        let (version, owner) = owner;
        if !owner.is_empty() {
            let reference = json!({"apiVersion": version, "kind": owner, "name": name, "controller": true});
            pod["metadata"]["ownerReferences"] = json!([reference]);
        }
        let owner = owner_of_pods(TemplateObject { group, kind, name: "shop" });
        let previewed = Pod::parse(template.as_bytes()).unwrap().owned_by(owner);
        let previewed = inject(&previewed, OptIn::Pod, &Configuration::default(), Root::Pod).unwrap();
        let admitted = round(&pod, Setup::BUILT_IN).unwrap();
        let env = |pod: &Value, injection| applied(pod, injection)["spec"]["containers"][0]["env"].clone();
        assert_eq!(env(&pod, &previewed), env(&pod, &admitted), "{kind}");
    }
}

proptest! {
    #![proptest_config(config(36))]

    /// The second round sees the patched Pod, and the Pod as the API server returns it, with defaults in podwright's
    /// own values.
    #[test]
    fn row_02_a_patch_applies_and_a_second_round_is_empty(pod in generate::pod(), setup in setup()) {
        if let Some(first) = round(&pod, setup) {
            let fitted = applied(&pod, &first);
            says_the_same(&fitted, setup, &first.report)?;
            says_the_same(&served(fitted), setup, &first.report)?;
        }
    }

    /// The next, unchanged apply would undo such a change, and the API server refuses that for a Pod.
    #[test]
    fn what_the_author_can_be_shown_to_have_written_stays(pod in applied_pods::applied_pod(), setup in setup()) {
        let pod = served(pod);
        if let Some(first) = round(&pod, setup) {
            let fitted = applied(&pod, &first);
            shown_stays(&pod, &fitted)?;
            says_the_same(&served(fitted), setup, &first.report)?;
        }
    }

    #[test]
    fn the_author_is_never_overridden_and_the_pod_is_valid(pod in generate::pod(), setup in setup()) {
        if let Some(injection) = round(&pod, setup) {
            let fitted = applied(&pod, &injection);
            untouched(&pod, &fitted, "");
            valid::is_valid(&pod, &fitted)?;
        }
    }

    #[test]
    fn the_variables_of_opentelemetry_name_the_pod(mut pod in generate::pod(), team in "([$()=,%+;é]|\\PC){1,40}", setup in setup()) {
        pod["metadata"]["annotations"] =
            json!({"podwright.dev/downward-env": "OTEL", "resource.opentelemetry.io/team": team});
        if let Some(injection) = round(&pod, setup) {
            references::refer_to_the_pod(&pod, &applied(&pod, &injection))?;
        }
    }

    #[test]
    fn a_pod_of_another_controller_is_left_to_it(pod in generate::pod(), setup in setup()) {
        if let Some(injection) = round(&pod, setup) {
            owned::left_to_their_owner(&pod, &applied(&pod, &injection))?;
        }
    }

    #[test]
    fn a_pod_means_the_same_before_and_after_the_server_defaults_it(pod in generate::pod(), setup in setup()) {
        let served = served(pod.clone());
        match (round(&pod, setup), round(&served, setup)) {
            (Some(raw), Some(late)) => {
                prop_assert_eq!(&raw.report, &late.report);
                prop_assert_eq!(self::served(applied(&pod, &raw)), self::served(applied(&served, &late)));
            }
            (raw, late) => prop_assert!(raw.is_none() && late.is_none()),
        }
    }

    #[test]
    fn a_pod_template_is_fitted_like_its_pod(pod in generate::pod(), setup in setup()) {
        let template = json!({"metadata": pod["metadata"], "spec": pod["spec"]});
        let workload = json!({"kind": "Deployment", "spec": {"template": template}});
        if let (Some(alone), Ok(within)) = (round(&pod, setup), try_round(&template, setup, Root::PodTemplate)) {
            prop_assert_eq!(&applied(&workload, &within)["spec"]["template"]["spec"], &applied(&pod, &alone)["spec"]);
        }
    }

    #[test]
    fn warnings_fit_the_servers_budget(pod in generate::pod(), setup in setup()) {
        if let Some(injection) = round(&pod, setup) {
            for warning in &injection.report.warnings {
                prop_assert!(warning.chars().count() <= 256 && !warning.contains(char::is_control), "{}", warning);
            }
            prop_assert!(injection.report.warnings.iter().map(String::len).sum::<usize>() <= 4096);
        }
    }

    /// Compares the other containers, the rest of the Pod, and the second round.
    #[test]
    fn a_container_that_comes_later_changes_nothing_but_itself(pod in generate::pod(), late in generate::pod(), setup in setup(), first_place: bool) {
        let Some(first) = round(&pod, setup) else { return Ok(()) };
        let mut fitted = served(applied(&pod, &first));
        let mut latecomer = late["spec"]["containers"][0].clone();
        latecomer["name"] = json!("latecomer");
        latecomer["volumeMounts"] = Value::Null;
        latecomer["volumeDevices"] = Value::Null;
        let there = fitted["spec"]["containers"].as_array_mut().unwrap();
        there.insert(if first_place { 0 } else { there.len() }, latecomer);
        if valid::is_valid(&fitted, &fitted).is_err() {
            return Ok(());
        }
        let second = round(&fitted, setup).unwrap();
        let whole = applied(&fitted, &second);
        untouched(&fitted, &whole, "");
        valid::is_valid(&fitted, &whole)?;
        for ((name, before), (_, after)) in containers(&fitted).zip(containers(&whole)) {
            prop_assert!(name == "latecomer" || before == after, "{} became {}", before, after);
        }
        says_the_same(&served(whole), setup, &second.report)?;
    }

    #[test]
    fn a_denial_names_everything_that_is_wrong(pod in generate::with(annotations::with_wrong())) {
        let wrong = annotations::wrong_keys(&pod);
        let opted_out = pod["metadata"]["annotations"]["podwright.dev/inject"] == "false";
        match try_round(&pod, Setup::BUILT_IN, Root::Pod) {
            Ok(injection) => prop_assert!(opted_out && injection.patch.is_none()),
            Err(message) => for key in wrong {
                prop_assert!(message.contains(&format!("\n- {key}: ")), "{} is missing in {}", key, message);
            }
        }
    }

    #[test]
    fn under_warn_a_pod_is_let_in_without_what_is_wrong(pod in generate::with(annotations::with_wrong()), setup in setup()) {
        let setup = setup.warn();
        let first = round(&pod, setup).unwrap();
        let fitted = applied(&pod, &first);
        untouched(&pod, &fitted, "");
        valid::is_valid(&pod, &fitted)?;
        says_the_same(&served(fitted), setup, &first.report)?;
        let opted_out = pod["metadata"]["annotations"]["podwright.dev/inject"] == "false";
        prop_assert!(opted_out || first.report.warnings.iter().any(|warning| warning.ends_with("[InvalidAnnotation]")));
        prop_assert!(first.report.warnings.iter().map(|warning| warning.chars().count()).sum::<usize>() <= 4096);
    }

    #[test]
    fn inject_false_is_the_end_of_it(mut pod in generate::pod(), setup in setup()) {
        for (name, before) in left_out(&pod).into_iter().filter_map(|name| containers(&pod).find(|(known, _)| *known == name)) {
            let Some(injection) = round(&pod, setup) else { break };
            let fitted = applied(&pod, &injection);
            prop_assert_eq!(Some((name, before)), containers(&fitted).find(|(known, _)| *known == name));
        }
        pod["metadata"]["annotations"]["podwright.dev/inject"] = json!("false");
        let injection = round(&pod, setup).unwrap();
        prop_assert!(injection.patch.is_none() && injection.report == Default::default());
    }

    #[test]
    fn any_annotation_is_answered(key in "(podwright\\.dev|[a-z.]{0,9}podwright.dev|\\PC{0,9})/\\PC{0,20}", value in "\\PC{0,60}") {
        let _ = round(&json!({"metadata": {"annotations": {key: value}}, "spec": {"containers": [{"name": "a"}]}}), Setup::BUILT_IN);
    }

    #[test]
    fn any_value_of_a_known_key_is_answered(key in proptest::sample::select(podwright_core::annotation::keys::KEYS.map(|key| key.name).to_vec()),
        value in "([a-z.]{0,9}=)?[a-zA-Z0-9_,.='*%/\\[\\]{}: \n-]{0,40}", container: bool) {
        let key = format!("{}podwright.dev/{key}", if container { "a." } else { "" });
        let _ = round(&json!({"metadata": {"annotations": {key: value}}, "spec": {"containers": [{"name": "a"}]}}), Setup::BUILT_IN);
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
        let object = json!({"metadata": ours, "spec": {"template": pod, "jobTemplate": jobs}, "template": pod});
        let other = |group, name| WorkloadKind { group, name, ..KINDS[0] };
        let others = [other("", "Pod"), other("", "Namespace"), other("argoproj.io", "Rollout")];
        for kind in KINDS.into_iter().chain(others) {
            let response = checked(kind, &object);
            assert_eq!((&response["allowed"], &response["patch"]), (&json!(true), &json!(null)), "{response}");
            let warnings = response["warnings"].as_array().into_iter().flatten().filter_map(Value::as_str);
            assert!(warnings.map(|warning| warning.chars().count()).sum::<usize>() <= 4096, "{response}");
        }
    }
}

fn checked(kind: WorkloadKind, object: &Value) -> Value {
    let review = json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1",
        "operation": "UPDATE", "kind": {"group": kind.group, "kind": kind.name}, "object": object, "oldObject": {}}});
    let answer = answer(review.to_string().as_bytes(), Route::Workloads, &Configuration::default()).unwrap();
    serde_json::from_slice::<Value>(&answer.body).unwrap()["response"].take()
}

/// Otherwise a property could hold because its rule never applies. A generated Pod always has images, and few are too
/// large.
#[test]
fn the_generated_pods_meet_every_reason() {
    let mut runner = TestRunner::new_with_rng(Default::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[36; 32]));
    let never = ["TooLarge", "ImageUnknown"];
    let mut unmet: Vec<&str> = reasons().map(|(_, reason)| reason.code).filter(|code| !never.contains(code)).collect();
    for _ in 0..5000 {
        let pods = prop_oneof![generate::pod(), applied_pods::applied_pod()];
        let (pod, setup) = (pods, setup()).new_tree(&mut runner).unwrap().current();
        let lines = round(&pod, setup).map(|injection| injection.report.lines).unwrap_or_default();
        unmet.retain(|code| lines.iter().all(|line| line.outcome.reason().is_none_or(|reason| reason.code != *code)));
        if unmet.is_empty() {
            return;
        }
    }
    panic!("{unmet:?} are never met");
}
