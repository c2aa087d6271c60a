//! The webhook's calls for each namespace. They depend on the Namespaces among the manifests, then on the flags, then on the
//! objects' annotations.

use std::collections::BTreeMap;

use serde_json::Value;

use super::files::ManifestFile;
use crate::profile::{Configuration, DEFAULT_PROFILE, OptIn};
use crate::workload::namespace::{LabelEffect, Labels};

/// The namespaces that manifests/mutatingwebhookconfiguration.yaml excludes.
const EXCLUDED: [&str; 2] = ["kube-system", "podwright-system"];

/// The API server's call of the webhook for an object.
#[derive(Clone, Copy)]
pub(super) enum WebhookCall<'n> {
    With(OptIn<'n>),
    /// No call, for this reason.
    Not(&'static str),
}

/// The opt-ins of namespaces.
pub(super) struct Namespaces<'n> {
    /// The effect of the labels of each Namespace among the manifests.
    effects: BTreeMap<&'n str, LabelEffect<'n>>,
    /// The value of `--namespace-profile`.
    profile: Option<&'n str>,
}

impl<'n> Namespaces<'n> {
    pub(super) fn new(files: &'n [ManifestFile<'n>], profile: Option<&'n str>, configuration: &Configuration) -> Self {
        let documents = files.iter().flat_map(|file| file.stream.documents());
        let mut effects = BTreeMap::new();
        for document in documents {
            for object in document.objects().iter().filter(|object| object.is_namespace()) {
                let value = document.object_value(object);
                let name = value.get("metadata").and_then(|metadata: &'n Value| metadata.get("name")?.as_str());
                effects.extend(name.map(|name| (name, Labels::of(value).effect(configuration))));
            }
        }
        Self { effects, profile }
    }

    /// Returns the webhook's call for the Pods of a namespace. The label `podwright.dev/profile` is more specific than the flag.
    pub(super) fn call(&self, namespace: &str) -> WebhookCall<'n> {
        if EXCLUDED.contains(&namespace) {
            return WebhookCall::Not("the webhook configuration excludes this namespace");
        }
        match self.effects.get(namespace).copied().unwrap_or(LabelEffect::PodsDecide) {
            LabelEffect::Disabled => WebhookCall::Not("the Namespace's label podwright.dev/inject disables podwright"),
            LabelEffect::Profile(profile) => WebhookCall::With(OptIn::Namespace { profile }),
            LabelEffect::Enabled => {
                WebhookCall::With(OptIn::Namespace { profile: self.profile.unwrap_or(DEFAULT_PROFILE) })
            }
            LabelEffect::PodsDecide => {
                WebhookCall::With(self.profile.map_or(OptIn::Pod, |profile| OptIn::Namespace { profile }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EXCLUDED;

    #[test]
    fn excluded_namespaces_are_those_of_the_manifest() {
        let manifest = include_str!("../../../manifests/mutatingwebhookconfiguration.yaml");
        let listed = format!("values: [{}]", EXCLUDED.join(", "));
        assert_eq!(manifest.matches("key: kubernetes.io/metadata.name").count(), manifest.matches(&listed).count());
    }
}
