//! The webhook's calls for each namespace. They depend on the Namespaces among the manifests, then on the flags, then on the
//! objects' annotations.

use std::collections::BTreeMap;

use serde_json::Value;

use super::files::ManifestFile;
use crate::profile::{DEFAULT_PROFILE, OptIn};
use crate::workload::namespace;

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
    /// The opt-in label of each Namespace among the manifests.
    labels: BTreeMap<&'n str, &'n str>,
    /// The value of `--namespace-profile`.
    profile: Option<&'n str>,
}

impl<'n> Namespaces<'n> {
    pub(super) fn new(files: &'n [ManifestFile<'n>], profile: Option<&'n str>) -> Self {
        let documents = files.iter().flat_map(|file| file.stream.documents());
        let mut labels = BTreeMap::new();
        for document in documents {
            for object in document
                .objects()
                .iter()
                .filter(|object| (object.api_version.as_str(), object.kind.as_str()) == ("v1", "Namespace"))
            {
                let value = document.object_value(object);
                let of = |metadata: &'n Value| {
                    Some((metadata.get("name")?.as_str()?, metadata.get("labels")?.get(namespace::LABEL)?.as_str()?))
                };
                labels.extend(value.get("metadata").and_then(of));
            }
        }
        Self { labels, profile }
    }

    pub(super) fn call(&self, namespace: &str) -> WebhookCall<'n> {
        if EXCLUDED.contains(&namespace) {
            return WebhookCall::Not("the webhook configuration excludes this namespace");
        }
        match self.labels.get(namespace).copied().and_then(namespace::InjectLabel::of) {
            Some(namespace::InjectLabel::Disabled) => {
                WebhookCall::Not("the Namespace's label podwright.dev/inject disables podwright")
            }
            Some(namespace::InjectLabel::Enabled) => {
                WebhookCall::With(OptIn::Namespace { profile: self.profile.unwrap_or(DEFAULT_PROFILE) })
            }
            None => WebhookCall::With(self.profile.map_or(OptIn::Pod, |profile| OptIn::Namespace { profile })),
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
