//! One entry of a MutatingWebhookConfiguration.

use k8s_openapi::api::admissionregistration::v1::{MutatingWebhook, RuleWithOperations};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::core::{Selector, SelectorExt as _};

use super::condition::Condition;
use super::{Declined, NotCalled};
use crate::inspect::namespaces::NamespaceState;
use crate::inspect::pod::LivePod;

/// An entry that calls podwright for new Pods.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name, such as `pods.podwright.dev`.
    pub name: String,
    /// The path that it calls.
    pub route: Route,
    /// The Service that it calls; `None` for a URL.
    pub service: Option<ServicePort>,
    /// Whether Pods start without podwright if it does not answer (`failurePolicy: Ignore`).
    pub fails_open: bool,
    /// The whole entry.
    pub webhook: MutatingWebhook,
    /// The selectors; `None` for one that is invalid.
    namespaces: Option<Selector>,
    objects: Option<Selector>,
    conditions: Vec<Condition>,
}

/// The path that an entry calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `/mutate`: the Pod's own annotations opt it in.
    Pods,
    /// `/mutate/PROFILE`: the Namespace opted in.
    Profile(String),
}

/// A Service, and the port that the API server calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The port.
    pub port: i32,
}

impl Entry {
    /// Reads an entry; returns nothing if it is not for new Pods or calls none of podwright's paths.
    pub(super) fn of_pods(webhook: MutatingWebhook) -> Option<Self> {
        if !webhook.rules.iter().flatten().any(is_for_new_pods) {
            return None;
        }
        let client = &webhook.client_config;
        let service = client.service.as_ref();
        let path = client.url.as_deref().or(service.and_then(|service| service.path.as_deref()))?;
        let conditions = webhook.match_conditions.iter().flatten();
        Some(Self {
            name: webhook.name.clone(),
            route: Route::of(path)?,
            service: service.map(|service| ServicePort {
                namespace: service.namespace.clone(),
                name: service.name.clone(),
                port: service.port.unwrap_or(443),
            }),
            fails_open: webhook.failure_policy.as_deref() == Some("Ignore"),
            namespaces: selector(webhook.namespace_selector.as_ref()),
            objects: selector(webhook.object_selector.as_ref()),
            conditions: conditions.map(|it| Condition::of(it.name.clone(), &it.expression)).collect(),
            webhook,
        })
    }

    /// Returns whether the entry's namespaceSelector selects a Namespace; `None` if the selector is invalid.
    pub fn selects(&self, namespace: &NamespaceState) -> Option<bool> {
        Some(self.namespaces.as_ref()?.matches(&namespace.labels))
    }

    /// Decides whether the entry calls podwright for a new Pod like this one.
    pub(super) fn decision(&self, pod: &LivePod<'_>, namespace: &NamespaceState) -> Result<(), Declined> {
        let invalid = || Declined::Unknown(format!("the webhook entry {} has an unknown kind of selector", self.name));
        if !self.selects(namespace).ok_or_else(invalid)? {
            return Err(Declined::Not(NotCalled::NamespaceLeftOut));
        }
        let objects = self.objects.as_ref().ok_or_else(invalid)?;
        if !objects.selects_all() && !objects.matches(&pod.owned_labels()) {
            return Err(Declined::Not(NotCalled::PodLeftOut));
        }
        // One condition that does not hold decides, whatever the others say.
        let mut unknown = Ok(());
        for condition in &self.conditions {
            match condition.decision(pod) {
                Err(Declined::Not(reason)) => return Err(Declined::Not(reason)),
                Err(why) => unknown = Err(why),
                Ok(()) => {}
            }
        }
        unknown
    }
}

impl Route {
    fn of(path: &str) -> Option<Self> {
        match path.rsplit_once("/mutate")?.1.trim_end_matches('/') {
            "" => Some(Self::Pods),
            rest => Some(Self::Profile(rest.strip_prefix('/')?.to_owned())),
        }
    }
}

/// Returns the selector. An absent one selects everything.
fn selector(selector: Option<&LabelSelector>) -> Option<Selector> {
    selector.map_or_else(|| Some(Selector::default()), |selector| selector.clone().try_into().ok())
}

/// Returns whether a rule is for the creation of Pods. `pods/*` and `*/*` include Pods themselves, not only subresources.
pub(in crate::inspect) fn is_for_new_pods(rule: &RuleWithOperations) -> bool {
    let has = |list: &Option<Vec<String>>, accepted: &[&str]| {
        list.iter().flatten().any(|item| accepted.contains(&item.as_str()))
    };
    has(&rule.operations, &["CREATE", "*"])
        && has(&rule.api_groups, &["", "*"])
        && has(&rule.api_versions, &["v1", "*"])
        && has(&rule.resources, &["pods", "*", "*/*", "pods/*"])
        && rule.scope.as_deref() != Some("Cluster")
}
