//! The manifests match the code's keys, paths, kinds and profiles, and no Pod is sent twice. `tests/cluster` applies
//! them to an API server.
mod deployment;

use std::collections::BTreeSet;

use k8s_openapi::api::admissionregistration::v1::{
    MatchCondition, MutatingWebhook, MutatingWebhookConfiguration, RuleWithOperations, ValidatingAdmissionPolicy,
    ValidatingWebhook, ValidatingWebhookConfiguration,
};
use k8s_openapi::api::core::v1::{Secret, ServiceAccount};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};
use podwright::annotation::keys::KEYS;
use podwright::annotation::{PREFIX, STATUS};
use podwright::cert::secret_keys;
use podwright::profile::{Configuration, DEFAULT_PROFILE};
use podwright::server::{NAMESPACE_ROUTE, POD_ROUTE};
use podwright::workload::KINDS;
use podwright::workload::namespace::{self, InjectLabel};

const MANIFEST: &str = include_str!("../../../manifests/mutatingwebhookconfiguration.yaml");
const WORKLOADS: &str = include_str!("../../../manifests/validatingwebhookconfiguration.yaml");

fn configuration() -> MutatingWebhookConfiguration {
    serde_saphyr::from_str(MANIFEST).unwrap()
}

fn webhooks() -> Vec<MutatingWebhook> {
    configuration().webhooks.unwrap()
}

fn workloads_configuration() -> ValidatingWebhookConfiguration {
    serde_saphyr::from_str(WORKLOADS).unwrap()
}

/// The validating entries: for workloads, for Namespaces and for changes of Pods.
fn checks() -> [ValidatingWebhook; 3] {
    workloads_configuration().webhooks.unwrap().try_into().unwrap()
}

fn workloads() -> ValidatingWebhook {
    let [workloads, ..] = checks();
    workloads
}

fn condition(conditions: Option<&Vec<MatchCondition>>, name: &str) -> String {
    let mut named = conditions.into_iter().flatten().filter(|condition| condition.name == name);
    named.next().unwrap_or_else(|| panic!("no {name}")).expression.clone()
}

fn built_in_profiles() -> Vec<String> {
    Configuration::default().profile_names().map(str::to_owned).collect()
}

/// The key of the profile, for the annotation and the label.
fn profile() -> String {
    let key = KEYS.iter().find(|key| key.name == "profile").unwrap();
    format!("{PREFIX}{}", key.name)
}

/// The key of the opt-in, for the annotation and the label.
fn inject() -> String {
    let key = KEYS.iter().find(|key| key.name == "inject").unwrap();
    format!("{PREFIX}{}", key.name)
}

#[test]
fn the_paths_are_routes_and_the_profile_exists() {
    let paths: Vec<_> =
        webhooks().into_iter().map(|webhook| webhook.client_config.service.unwrap().path.unwrap()).collect();
    let of_profile = |profile| NAMESPACE_ROUTE.replace("{profile}", profile);
    let profiles = built_in_profiles();
    assert_eq!(profiles, [DEFAULT_PROFILE, "web"]);
    let expected = [POD_ROUTE.to_owned(), of_profile(DEFAULT_PROFILE)];
    let expected: Vec<_> = expected.into_iter().chain(profiles.iter().map(|profile| of_profile(profile))).collect();
    assert_eq!(paths, expected);
    for check in checks() {
        assert_eq!(check.client_config.service.unwrap().path.as_deref(), Some("/check"), "{}", check.name);
    }
}

#[test]
fn the_conditions_name_the_codes_keys() {
    let webhooks = webhooks();
    let pods = webhooks.first().unwrap();
    let opted_in = condition(pods.match_conditions.as_ref(), "opted-in");
    let [workloads, labels, updates] = checks();
    let of = |webhook: &ValidatingWebhook, name| condition(webhook.match_conditions.as_ref(), name);
    let changed = of(&updates, "changes-our-keys");
    assert!(changed.contains(&format!("key != '{STATUS}'")), "{changed}");
    for expression in [opted_in, of(&workloads, "has-our-keys"), of(&labels, "has-our-keys"), changed] {
        for words in [format!("startsWith('{PREFIX}')"), format!("contains('.{PREFIX}')")] {
            assert!(expression.contains(&words), "{words}: {expression}");
        }
    }
    assert_eq!(PREFIX.to_ascii_lowercase(), PREFIX, "compared with a key in lower case");
    let opted_out = format!("object.metadata.?annotations[?'{}'].orValue('') != 'false'", inject());
    for webhook in &webhooks {
        let named = |name| condition(webhook.match_conditions.as_ref(), name);
        assert_eq!(named("not-opted-out"), opted_out, "{}", webhook.name);
        assert!(named("not-a-mirror-pod").contains("'kubernetes.io/config.mirror'"), "{}", webhook.name);
    }
}

/// Every kind of workload is sent, and the conditions look at its template where the code has it.
#[test]
fn the_rules_are_the_codes_kinds_and_the_condition_looks_into_their_templates() {
    let rules = workloads().rules.unwrap();
    let is_own = |rule: &RuleWithOperations| {
        rule.api_groups.iter().flatten().all(|group| KINDS.iter().any(|kind| kind.group == group))
    };
    let named = rules.iter().flat_map(|rule| {
        assert_eq!(rule.operations.as_deref(), Some(&["CREATE".to_owned(), "UPDATE".to_owned()][..]));
        assert_eq!(rule.scope.as_deref(), Some("Namespaced"));
        let versions = if is_own(rule) { "v1" } else { "*" };
        assert_eq!(rule.api_versions.as_deref(), Some(&[versions.to_owned()][..]));
        let [group] = <[String; 1]>::try_from(rule.api_groups.clone().unwrap()).unwrap();
        rule.resources.iter().flatten().map(move |resource| (group.clone(), resource.clone()))
    });
    let kinds = KINDS.map(|kind| (kind.group.to_owned(), format!("{}s", kind.name.to_lowercase())));
    let others = [
        ("argoproj.io", "rollouts"),
        ("apps.kruise.io", "clonesets"),
        ("apps.kruise.io", "statefulsets"),
        ("apps.kruise.io", "daemonsets"),
        ("apps.openshift.io", "deploymentconfigs"),
        ("serving.knative.dev", "services"),
        ("serving.knative.dev", "configurations"),
    ];
    let others = others.map(|(group, resource)| (group.to_owned(), resource.to_owned()));
    assert_eq!(named.collect::<BTreeSet<_>>(), kinds.into_iter().chain(others).collect());
    let expression = condition(workloads().match_conditions.as_ref(), "has-our-keys");
    let places = ["metadata".to_owned(), "spec.jobTemplate.metadata".to_owned()];
    for place in KINDS.map(|kind| format!("{}.metadata", kind.template.path())).into_iter().chain(places) {
        // Every object has metadata; a PodTemplate has no spec.
        let optional = format!("object.?{}", place.replace('.', ".?")).replace("object.?metadata", "object.metadata");
        for map in ["annotations", "labels"] {
            let looked_at = format!("{optional}.?{map}.orValue({{}})");
            assert!(expression.contains(&looked_at), "{looked_at}: {expression}");
        }
    }
}

#[test]
fn no_namespace_is_in_two_selectors() {
    let (pods, namespaces) = (Some("pods.podwright.dev"), Some("namespaces.podwright.dev"));
    let (default, web) = (Some("default.profiles.podwright.dev"), Some("web.profiles.podwright.dev"));
    for (namespace, inject, profile, expected) in [
        ("shop", None, None, pods),
        ("shop", Some(""), None, pods),
        ("shop", Some("True"), None, pods),
        ("shop", Some("Enabled"), None, pods),
        ("shop", Some("perhaps"), None, pods),
        ("shop", Some("enabled"), None, namespaces),
        ("shop", Some("true"), None, namespaces),
        ("shop", Some("disabled"), None, None),
        ("shop", Some("false"), None, None),
        ("shop", None, Some("default"), default),
        ("shop", None, Some("web"), web),
        ("shop", Some("enabled"), Some("web"), web),
        ("shop", Some("true"), Some("default"), default),
        ("shop", Some("perhaps"), Some("web"), web),
        ("shop", Some("disabled"), Some("web"), None),
        ("shop", Some("false"), Some("default"), None),
        ("shop", None, Some("nosuch"), pods),
        ("shop", None, Some(""), pods),
        ("shop", None, Some("Web"), pods),
        ("shop", Some("enabled"), Some("nosuch"), namespaces),
        ("shop", Some("disabled"), Some("nosuch"), None),
        ("kube-system", None, None, None),
        ("kube-system", Some("enabled"), Some("web"), None),
        ("podwright-system", None, None, None),
        ("podwright-system", Some("enabled"), None, None),
        ("podwright-system", None, Some("web"), None),
    ] {
        is_selected_by(namespace, &[(self::inject(), inject), (self::profile(), profile)], expected);
    }
}

fn is_selected_by(namespace: &str, values: &[(String, Option<&str>)], expected: Option<&str>) {
    let mut labels = vec![("kubernetes.io/metadata.name", namespace)];
    labels.extend(values.iter().filter_map(|(key, value)| value.map(|value| (key.as_str(), value))));
    let selected: Vec<_> =
        webhooks().into_iter().filter(|webhook| selects(webhook.namespace_selector.as_ref(), &labels)).collect();
    let names: Vec<_> = selected.iter().map(|webhook| webhook.name.as_str()).collect();
    assert_eq!(names, expected.into_iter().collect::<Vec<_>>(), "{labels:?}");
    let checked = selects(workloads().namespace_selector.as_ref(), &labels);
    assert_eq!(checked, expected.is_some(), "workloads are checked where Pods are injected: {labels:?}");
    let [_, of_namespaces, updates] = checks();
    assert_eq!(selects(updates.namespace_selector.as_ref(), &labels), checked, "{labels:?}");
    let ours = ["kube-system", "podwright-system"].contains(&namespace);
    assert_eq!(selects(of_namespaces.namespace_selector.as_ref(), &labels), !ours, "whatever its label: {labels:?}");
}

fn selects(selector: Option<&LabelSelector>, labels: &[(&str, &str)]) -> bool {
    let selector = selector.unwrap();
    assert_eq!(selector.match_labels, None, "not read here");
    selector.match_expressions.iter().flatten().all(|requirement| meets(labels, requirement))
}

/// Follows Kubernetes' `labels.Requirement`: an absent label is in no list.
fn meets(labels: &[(&str, &str)], requirement: &LabelSelectorRequirement) -> bool {
    let value = labels.iter().find(|(key, _)| *key == requirement.key).map(|(_, value)| *value);
    let listed = value.is_some_and(|value| requirement.values.iter().flatten().any(|listed| listed == value));
    match requirement.operator.as_str() {
        "In" => listed,
        "NotIn" => !listed,
        other => panic!("{other} is not read here"),
    }
}

/// Namespaces are checked on create and update. A Pod's annotations count at its creation, which the mutating
/// configuration handles.
#[test]
fn the_other_checks_are_of_whole_objects() {
    let [_, labels, updates] = checks();
    let rule = |webhook: ValidatingWebhook| {
        let [rule] = <[RuleWithOperations; 1]>::try_from(webhook.rules.unwrap()).unwrap();
        (rule.operations.unwrap(), rule.api_groups.unwrap(), rule.resources.unwrap(), rule.scope.unwrap())
    };
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let core = texts(&[""]);
    assert_eq!(
        rule(labels),
        (texts(&["CREATE", "UPDATE"]), core.clone(), texts(&["namespaces"]), "Cluster".to_owned())
    );
    assert_eq!(rule(updates), (texts(&["UPDATE"]), core, texts(&["pods"]), "Namespaced".to_owned()));
}

/// `lint` and `preview` know the values in the selectors.
#[test]
fn the_labels_values_are_the_codes() {
    for webhook in webhooks() {
        let selector = webhook.namespace_selector.unwrap().match_expressions.unwrap();
        let of = |key: &str| -> Vec<String> {
            let values = selector.iter().filter(|requirement| requirement.key == key);
            values.filter_map(|requirement| requirement.values.clone()).flatten().collect()
        };
        let (opt_ins, profiles) = (of(&inject()), of(&profile()));
        assert!(opt_ins.len() >= 2 && opt_ins.iter().all(|value| InjectLabel::of(value).is_some()), "{opt_ins:?}");
        match webhook.name.strip_suffix(".profiles.podwright.dev") {
            Some(name) => {
                assert_eq!(profiles, [name]);
                assert!(
                    opt_ins.iter().all(|value| InjectLabel::of(value) == Some(InjectLabel::Disabled)),
                    "{opt_ins:?}"
                );
            }
            None => {
                assert_eq!(profiles, built_in_profiles(), "{} leaves out each profile's Namespaces", webhook.name);
                let enabled =
                    opt_ins.iter().filter(|value| InjectLabel::of(value) == Some(InjectLabel::Enabled)).count();
                assert_eq!(enabled, 2, "{opt_ins:?}");
            }
        }
    }
    assert_eq!((namespace::LABEL, namespace::PROFILE_LABEL), (inject().as_str(), profile().as_str()));
    assert_eq!(namespace::PROFILES_WITH_ENTRY.map(str::to_owned).to_vec(), built_in_profiles());
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
        assert_eq!(webhook.client_config.ca_bundle, None, "the owner of the certificate owns this field");
        let service = webhook.client_config.service.unwrap();
        assert_eq!((service.namespace.as_str(), service.name.as_str()), ("podwright-system", "podwright"));
    }
}

#[test]
fn nobody_is_ever_kept_from_applying() {
    for webhook in checks() {
        assert_eq!(webhook.failure_policy.as_deref(), Some("Ignore"));
        assert_eq!(webhook.side_effects, "None");
        assert!(webhook.timeout_seconds.is_some_and(|seconds| seconds <= 3));
        assert_eq!(webhook.match_policy.as_deref(), Some("Equivalent"));
        assert_eq!(webhook.admission_review_versions, ["v1"]);
        assert_eq!(webhook.client_config.ca_bundle, None, "the owner of the certificate owns this field");
        let service = webhook.client_config.service.unwrap();
        assert_eq!((service.namespace.as_str(), service.name.as_str()), ("podwright-system", "podwright"));
    }
    assert_eq!(workloads_configuration().metadata.name, configuration().metadata.name);
}

/// The API server calls configurations in the order of their names.
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

#[test]
fn row_31_a_dead_webhook_is_waited_for_three_seconds_at_most() {
    let pods = webhooks().into_iter().map(|webhook| webhook.timeout_seconds);
    assert!(pods.chain(checks().map(|check| check.timeout_seconds)).all(|seconds| seconds == Some(3)));
}

/// kustomize changes no expression, so an overlay that renames an object must also change its name here.
#[test]
fn the_admission_policy_names_the_manifests_objects_and_podwrights_keys() {
    let text = include_str!("../../../manifests/validatingadmissionpolicy.yaml");
    let policy: ValidatingAdmissionPolicy = serde_saphyr::from_str(text.split("\n---\n").next().unwrap()).unwrap();
    let spec = policy.spec.unwrap();
    let account: ServiceAccount =
        serde_saphyr::from_str(include_str!("../../../manifests/serviceaccount.yaml")).unwrap();
    let [namespace, name] = [account.metadata.namespace, account.metadata.name].map(Option::unwrap);
    let [of_the_account] = spec.match_conditions.unwrap().try_into().unwrap();
    let username = format!("== 'system:serviceaccount:{namespace}:{name}'");
    assert!(of_the_account.expression.ends_with(&username), "{}", of_the_account.expression);
    let variable = |name: &str| {
        let mut named = spec.variables.iter().flatten().filter(|variable| variable.name == name);
        named.next().unwrap_or_else(|| panic!("no {name}")).expression.clone()
    };
    let secret: Secret = serde_saphyr::from_str(include_str!("../../../manifests/secret.yaml")).unwrap();
    let named = [("namespace", secret.metadata.namespace), ("name", secret.metadata.name)];
    for (field, value) in named {
        let compared = format!("request.?{field}.orValue('') == '{}'", value.unwrap());
        assert!(variable("isSecret").contains(&compared), "{compared}");
    }
    let compared = format!("request.?name.orValue('') == '{}'", configuration().metadata.name.unwrap());
    assert!(variable("isConfiguration").contains(&compared), "{compared}");
    let keys = secret_keys::ALL.map(|key| format!("'{key}'")).join(", ");
    assert_eq!(variable("keys"), format!("[{keys}]"));
    assert!(spec.validations.iter().flatten().all(|validation| validation.reason.as_deref() == Some("Forbidden")));
}
