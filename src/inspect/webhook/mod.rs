//! The entries of the MutatingWebhookConfiguration: which of them calls podwright for a Pod.

mod condition;
mod entry;

use std::collections::BTreeMap;
use std::fmt;

use k8s_openapi::api::admissionregistration::v1::MutatingWebhookConfiguration;

use super::namespaces::NamespaceState;
use super::pod::LivePod;
use super::source::Source;
use crate::workload::namespace::{InjectLabel, LABEL, PROFILE_LABEL};
pub(in crate::inspect) use entry::is_for_new_pods;
pub use entry::{Entry, Route, ServicePort};

/// The entries as podwright's manifests have them.
const USUAL: &str = include_str!("../../../manifests/mutatingwebhookconfiguration.yaml");

/// The entries of one MutatingWebhookConfiguration, in their order.
#[derive(Clone, Debug)]
pub struct Entries {
    /// The configuration's name.
    pub configuration: String,
    /// Its creation time, as RFC 3339 in UTC.
    pub created: Option<String>,
    /// The tool that applied it, if it exists.
    pub source: Option<Source>,
    entries: Vec<Entry>,
}

/// The call of podwright for a new Pod.
#[derive(Debug)]
pub enum Call<'e> {
    /// This entry calls podwright.
    By(&'e Entry),
    /// No entry calls podwright, for this reason.
    Not(NotCalled),
    /// The entries cannot be evaluated, for this reason.
    Unknown(String),
}

/// The opt-ins that the entries' selectors let through in a Namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// An annotation of a Pod.
    pub by_annotation: bool,
    /// A label of the Namespace.
    pub by_label: bool,
}

impl Reach {
    /// Returns whether no opt-in has an effect.
    pub fn is_left_out(self) -> bool {
        !self.by_annotation && !self.by_label
    }
}

/// Reasons why no entry calls podwright for a Pod. If entries differ, the first reason in this order counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotCalled {
    /// The kubelet made it from a file of its node.
    StaticPod,
    /// Its annotation `podwright.dev/inject` is "false".
    PodOptedOut,
    /// No entry selects the Pod's labels.
    PodLeftOut,
    /// Neither the Namespace nor the Pod opted in.
    NotOptedIn,
    /// The Namespace's label `podwright.dev/inject` disables podwright.
    NamespaceOptedOut,
    /// No entry selects the Namespace, such as kube-system.
    NamespaceLeftOut,
    /// There is no webhook configuration.
    NotInstalled,
}

impl fmt::Display for NotCalled {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::StaticPod => "static Pod",
            Self::PodOptedOut => "the Pod opted out",
            Self::NamespaceOptedOut => "the Namespace opted out",
            Self::NamespaceLeftOut => "the webhook entries leave out the Namespace",
            Self::PodLeftOut => "the webhook entries leave out the Pod's labels",
            Self::NotOptedIn => "not opted in",
            Self::NotInstalled => "no webhook configuration",
        })
    }
}

impl Entries {
    /// Reads a MutatingWebhookConfiguration from JSON.
    ///
    /// # Errors
    /// If the JSON is no MutatingWebhookConfiguration.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        Ok(Self::of(serde_json::from_str(json)?))
    }

    /// Returns the entries of podwright's own manifests.
    ///
    /// # Errors
    /// None is known.
    pub fn usual() -> Result<Self, serde_json::Error> {
        use serde::de::Error as _;
        serde_saphyr::from_str(USUAL).map(Self::of).map_err(serde_json::Error::custom)
    }

    /// Makes the entries of a configuration that does not exist.
    pub fn none(configuration: impl Into<String>) -> Self {
        Self { configuration: configuration.into(), created: None, source: None, entries: Vec::new() }
    }

    fn of(configuration: MutatingWebhookConfiguration) -> Self {
        let source = Some(Source::of(&configuration.metadata));
        let created = configuration.metadata.creation_timestamp.map(|time| time.0.to_string());
        let entries = configuration.webhooks.unwrap_or_default().into_iter().filter_map(Entry::of_pods).collect();
        Self { configuration: configuration.metadata.name.unwrap_or_default(), created, source, entries }
    }

    /// Iterates over the entries that call podwright for new Pods.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Iterates over the profiles of the entries for Namespaces.
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        self.iter().filter_map(|entry| match &entry.route {
            Route::Profile(profile) => Some(profile.as_str()),
            Route::Pods => None,
        })
    }

    /// Returns the opt-ins that can have an effect in a Namespace with these labels, whatever its own opt-in is now.
    pub fn reach(&self, namespace: &NamespaceState) -> Reach {
        let selects = |entry: &Entry, label: Option<(&str, &str)>| {
            let mut state = namespace.clone();
            state.labels.retain(|key, _| key != LABEL && key != PROFILE_LABEL);
            state.labels.extend(label.map(|(key, value)| (key.to_owned(), value.to_owned())));
            // Only the API server can evaluate an invalid selector, so it leaves nothing out here.
            entry.selects(&state) != Some(false)
        };
        let by_label = |entry: &Entry| match &entry.route {
            Route::Profile(profile) => {
                selects(entry, Some((LABEL, "enabled"))) || selects(entry, Some((PROFILE_LABEL, profile)))
            }
            Route::Pods => false,
        };
        Reach {
            by_annotation: self.iter().any(|entry| entry.route == Route::Pods && selects(entry, None)),
            by_label: self.iter().any(by_label),
        }
    }

    /// Returns the first entry that calls podwright for a new Pod like this one, or the reason why none does.
    pub fn call(&self, pod: &LivePod<'_>, namespace: &NamespaceState) -> Call<'_> {
        let (mut unknown, mut reason) = (None, None);
        for entry in self.iter() {
            match entry.decision(pod, namespace) {
                Ok(()) => return Call::By(entry),
                Err(Declined::Not(why)) => reason = reason.min(Some(why)).or(Some(why)),
                Err(Declined::Unknown(why)) => unknown = unknown.or(Some(why)),
            }
        }
        let reason = reason.unwrap_or(NotCalled::NotInstalled);
        match unknown {
            Some(why) => Call::Unknown(why),
            None if reason == NotCalled::NamespaceLeftOut => Call::Not(left_out(&namespace.labels)),
            None => Call::Not(reason),
        }
    }
}

/// The answer of an entry that does not surely call podwright.
#[derive(Debug)]
enum Declined {
    Not(NotCalled),
    Unknown(String),
}

fn left_out(labels: &BTreeMap<String, String>) -> NotCalled {
    match labels.get(LABEL).and_then(|value| InjectLabel::of(value)) {
        Some(InjectLabel::Disabled) => NotCalled::NamespaceOptedOut,
        _ => NotCalled::NamespaceLeftOut,
    }
}

#[cfg(test)]
mod tests;
