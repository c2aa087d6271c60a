//! The manifest against the code: its keys, paths and profile are the code's, and no Pod is sent twice. Whether an API
//! server agrees is `tests/cluster`'s.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by panicking"
)]

use k8s_openapi::api::admissionregistration::v1::{MutatingWebhook, MutatingWebhookConfiguration, RuleWithOperations};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelectorRequirement;
use podwright::annotation::PREFIX;
use podwright::annotation::keys::KEYS;
use podwright::profile::{Configuration, DEFAULT_PROFILE};
use podwright::server::{NAMESPACE_ROUTE, POD_ROUTE};

const MANIFEST: &str = include_str!("../manifests/mutatingwebhookconfiguration.yaml");

fn configuration() -> MutatingWebhookConfiguration {
    serde_saphyr::from_str(MANIFEST).unwrap()
}

fn webhooks() -> Vec<MutatingWebhook> {
    configuration().webhooks.unwrap()
}

fn condition(webhook: &MutatingWebhook, name: &str) -> String {
    let conditions = webhook.match_conditions.iter().flatten();
    let named = conditions.filter(|condition| condition.name == name);
    named
        .map(|condition| condition.expression.clone())
        .next()
        .unwrap_or_else(|| panic!("no {name} in {}", webhook.name))
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
}

#[test]
fn the_conditions_name_the_codes_keys() {
    let [pods, namespaces] = webhooks().try_into().unwrap();
    let opted_in = condition(&pods, "opted-in");
    for words in [format!("startsWith('{PREFIX}')"), format!("contains('.{PREFIX}')")] {
        assert!(opted_in.contains(&words), "{words}: {opted_in}");
    }
    assert_eq!(PREFIX.to_ascii_lowercase(), PREFIX, "compared with a key in lower case");
    let opted_out = format!("object.metadata.?annotations[?'{}'].orValue('') != 'false'", inject());
    for webhook in [&pods, &namespaces] {
        assert_eq!(condition(webhook, "not-opted-out"), opted_out, "{}", webhook.name);
        assert!(condition(webhook, "not-a-mirror-pod").contains("'kubernetes.io/config.mirror'"), "{}", webhook.name);
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
        let selected: Vec<_> = webhooks().into_iter().filter(|webhook| selects(webhook, &labels)).collect();
        let names: Vec<_> = selected.iter().map(|webhook| webhook.name.as_str()).collect();
        assert_eq!(names, expected, "{labels:?}");
    }
}

fn selects(webhook: &MutatingWebhook, labels: &[(&str, &str)]) -> bool {
    let selector = webhook.namespace_selector.as_ref().unwrap();
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
