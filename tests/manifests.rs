//! The manifests against the code: their keys, paths, kinds and profile are the code's, and no Pod is sent twice. Whether an
//! API server agrees is `tests/cluster`'s.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by panicking"
)]

use std::collections::BTreeSet;

use k8s_openapi::api::admissionregistration::v1::{
    MatchCondition, MutatingWebhook, MutatingWebhookConfiguration, RuleWithOperations, ValidatingWebhook,
    ValidatingWebhookConfiguration,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};
use podwright::annotation::PREFIX;
use podwright::annotation::keys::KEYS;
use podwright::profile::{Configuration, DEFAULT_PROFILE};
use podwright::server::{NAMESPACE_ROUTE, POD_ROUTE};
use podwright::workload::KINDS;

const MANIFEST: &str = include_str!("../manifests/mutatingwebhookconfiguration.yaml");
const WORKLOADS: &str = include_str!("../manifests/validatingwebhookconfiguration.yaml");

fn configuration() -> MutatingWebhookConfiguration {
    serde_saphyr::from_str(MANIFEST).unwrap()
}

fn webhooks() -> Vec<MutatingWebhook> {
    configuration().webhooks.unwrap()
}

fn workloads_configuration() -> ValidatingWebhookConfiguration {
    serde_saphyr::from_str(WORKLOADS).unwrap()
}

fn workloads() -> ValidatingWebhook {
    let [workloads] = workloads_configuration().webhooks.unwrap().try_into().unwrap();
    workloads
}

fn condition(conditions: Option<&Vec<MatchCondition>>, name: &str) -> String {
    let mut named = conditions.into_iter().flatten().filter(|condition| condition.name == name);
    named.next().unwrap_or_else(|| panic!("no {name}")).expression.clone()
}

/// The key of the opt-in, which annotation and label share.
fn inject() -> String {
    let key = KEYS.iter().find(|key| key.name == "inject").unwrap();
    format!("{PREFIX}{}", key.name)
}

#[test]
fn the_paths_are_routes_and_the_profile_exists() {
    let paths: Vec<_> =
        webhooks().into_iter().map(|webhook| webhook.client_config.service.unwrap().path.unwrap()).collect();
    assert_eq!(paths, [POD_ROUTE.to_owned(), NAMESPACE_ROUTE.replace("{profile}", DEFAULT_PROFILE)]);
    assert!(Configuration::default().profile(DEFAULT_PROFILE).is_some());
    assert_eq!(workloads().client_config.service.unwrap().path.as_deref(), Some("/check"));
}

#[test]
fn the_conditions_name_the_codes_keys() {
    let [pods, namespaces] = webhooks().try_into().unwrap();
    let opted_in = condition(pods.match_conditions.as_ref(), "opted-in");
    let of_workloads = condition(workloads().match_conditions.as_ref(), "has-our-keys");
    for expression in [opted_in, of_workloads] {
        for words in [format!("startsWith('{PREFIX}')"), format!("contains('.{PREFIX}')")] {
            assert!(expression.contains(&words), "{words}: {expression}");
        }
    }
    assert_eq!(PREFIX.to_ascii_lowercase(), PREFIX, "compared with a key in lower case");
    let opted_out = format!("object.metadata.?annotations[?'{}'].orValue('') != 'false'", inject());
    for webhook in [&pods, &namespaces] {
        let named = |name| condition(webhook.match_conditions.as_ref(), name);
        assert_eq!(named("not-opted-out"), opted_out, "{}", webhook.name);
        assert!(named("not-a-mirror-pod").contains("'kubernetes.io/config.mirror'"), "{}", webhook.name);
    }
}

/// Each kind of workload is sent, and its template is looked at where the code has it.
#[test]
fn the_rules_are_the_codes_kinds_and_the_condition_looks_into_their_templates() {
    let rules = workloads().rules.unwrap();
    let named = rules.iter().flat_map(|rule| {
        assert_eq!(rule.operations.as_deref(), Some(&["CREATE".to_owned(), "UPDATE".to_owned()][..]));
        assert_eq!(rule.api_versions.as_deref(), Some(&["v1".to_owned()][..]));
        assert_eq!(rule.scope.as_deref(), Some("Namespaced"));
        let [group] = <[String; 1]>::try_from(rule.api_groups.clone().unwrap()).unwrap();
        rule.resources.iter().flatten().map(move |resource| (group.clone(), resource.clone()))
    });
    let kinds = KINDS.map(|kind| (kind.group.to_owned(), format!("{}s", kind.name.to_lowercase())));
    assert_eq!(named.collect::<BTreeSet<_>>(), BTreeSet::from(kinds));
    let expression = condition(workloads().match_conditions.as_ref(), "has-our-keys");
    let places = ["metadata".to_owned(), "spec.jobTemplate.metadata".to_owned()];
    for place in KINDS.map(|kind| format!("{}.metadata", kind.template_path())).into_iter().chain(places) {
        let optional = place.replace('.', ".?");
        for map in ["annotations", "labels"] {
            let looked_at = format!("object.{optional}.?{map}.orValue({{}})");
            assert!(expression.contains(&looked_at), "{looked_at}: {expression}");
        }
    }
}

#[test]
fn no_namespace_is_in_both_selectors() {
    let label = inject();
    for (namespace, value, expected) in [
        ("shop", None, &["pods.podwright.dev"][..]),
        ("shop", Some(""), &["pods.podwright.dev"]),
        ("shop", Some("true"), &["pods.podwright.dev"]),
        ("shop", Some("Enabled"), &["pods.podwright.dev"]),
        ("shop", Some("perhaps"), &["pods.podwright.dev"]),
        ("shop", Some("enabled"), &["namespaces.podwright.dev"]),
        ("shop", Some("disabled"), &[]),
        ("kube-system", None, &[]),
        ("kube-system", Some("enabled"), &[]),
        ("podwright-system", None, &[]),
        ("podwright-system", Some("enabled"), &[]),
    ] {
        let mut labels = vec![("kubernetes.io/metadata.name", namespace)];
        labels.extend(value.map(|value| (label.as_str(), value)));
        let selected: Vec<_> =
            webhooks().into_iter().filter(|webhook| selects(webhook.namespace_selector.as_ref(), &labels)).collect();
        let names: Vec<_> = selected.iter().map(|webhook| webhook.name.as_str()).collect();
        assert_eq!(names, expected, "{labels:?}");
        let checked = selects(workloads().namespace_selector.as_ref(), &labels);
        assert_eq!(checked, !expected.is_empty(), "workloads are looked at where Pods are fitted: {labels:?}");
    }
}

fn selects(selector: Option<&LabelSelector>, labels: &[(&str, &str)]) -> bool {
    let selector = selector.unwrap();
    assert_eq!(selector.match_labels, None, "not read here");
    selector.match_expressions.iter().flatten().all(|requirement| meets(labels, requirement))
}

/// As Kubernetes' labels.Requirement has it: an absent label is in no list.
fn meets(labels: &[(&str, &str)], requirement: &LabelSelectorRequirement) -> bool {
    let value = labels.iter().find(|(key, _)| *key == requirement.key).map(|(_, value)| *value);
    let listed = value.is_some_and(|value| requirement.values.iter().flatten().any(|listed| listed == value));
    match requirement.operator.as_str() {
        "In" => listed,
        "NotIn" => !listed,
        other => panic!("{other} is not read here"),
    }
}

#[test]
fn the_policies_are_those_of_the_pitfalls() {
    let created = RuleWithOperations {
        operations: Some(vec!["CREATE".to_owned()]),
        api_groups: Some(vec![String::new()]),
        api_versions: Some(vec!["v1".to_owned()]),
        resources: Some(vec!["pods".to_owned()]),
        scope: Some("Namespaced".to_owned()),
    };
    for webhook in webhooks() {
        assert_eq!(webhook.rules, Some(vec![created.clone()]), "CREATE of Pods, no subresources");
        assert_eq!(webhook.side_effects, "None");
        assert_eq!(webhook.failure_policy.as_deref(), Some("Ignore"));
        assert_eq!(webhook.timeout_seconds, Some(3));
        assert_eq!(webhook.reinvocation_policy.as_deref(), Some("IfNeeded"));
        assert_eq!(webhook.match_policy.as_deref(), Some("Equivalent"));
        assert_eq!(webhook.admission_review_versions, ["v1"]);
        assert_eq!(webhook.client_config.ca_bundle, None, "whoever owns the certificate owns this field");
        let service = webhook.client_config.service.unwrap();
        assert_eq!((service.namespace.as_str(), service.name.as_str()), ("podwright-system", "podwright"));
    }
}

#[test]
fn workloads_are_never_kept_from_being_applied() {
    let webhook = workloads();
    assert_eq!(webhook.failure_policy.as_deref(), Some("Ignore"));
    assert_eq!(webhook.side_effects, "None");
    assert!(webhook.timeout_seconds.is_some_and(|seconds| seconds <= 3));
    assert_eq!(webhook.match_policy.as_deref(), Some("Equivalent"));
    assert_eq!(webhook.admission_review_versions, ["v1"]);
    assert_eq!(webhook.client_config.ca_bundle, None, "whoever owns the certificate owns this field");
    let service = webhook.client_config.service.unwrap();
    assert_eq!((service.namespace.as_str(), service.name.as_str()), ("podwright-system", "podwright"));
    assert_eq!(workloads_configuration().metadata.name, configuration().metadata.name);
}

/// Configurations are called in the order of their names.
#[test]
fn row_06_its_name_sorts_before_those_of_others() {
    let name = configuration().metadata.name.unwrap();
    for other in [
        "aks-webhook",
        "azure-wi-webhook-mutating-webhook-configuration",
        "cert-manager-webhook",
        "istio-sidecar-injector",
        "linkerd-proxy-injector-webhook-config",
        "pod-identity-webhook",
        "vault-agent-injector-cfg",
    ] {
        assert!(name.as_str() < other, "{name} comes after {other}");
    }
}
