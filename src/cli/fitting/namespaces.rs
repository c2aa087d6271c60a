//! Whether the webhook is called for the objects of a namespace, and with which opt-in: by the Namespaces among the
//! manifests, by the flags, else by the objects' own annotations.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{By, Read};
use crate::profile::{DEFAULT_PROFILE, OptIn};
use crate::workload::namespace;

/// What manifests/mutatingwebhookconfiguration.yaml leaves out.
const LEFT_OUT: [&str; 2] = ["kube-system", "podwright-system"];

/// Whether the webhook is called.
#[derive(Clone, Copy)]
pub(super) enum Called<'n> {
    With(OptIn<'n>),
    /// Why not.
    Not(&'static str),
}

/// What is known of namespaces.
pub(super) struct Namespaces<'n> {
    /// The label of each Namespace among the manifests.
    labels: BTreeMap<&'n str, &'n str>,
    profile: Option<&'n str>,
}

impl<'n> Namespaces<'n> {
    pub(super) fn of(by: &'n By, reads: &'n [Read<'n>]) -> Self {
        let documents = reads.iter().flat_map(|read| read.stream.documents());
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
        Self { labels, profile: by.namespace_profile.as_deref() }
    }

    pub(super) fn call(&self, namespace: &str) -> Called<'n> {
        if LEFT_OUT.contains(&namespace) {
            return Called::Not("the webhook configuration leaves this namespace out");
        }
        match self.labels.get(namespace).copied().and_then(namespace::InjectLabel::of) {
            Some(namespace::InjectLabel::Disabled) => {
                Called::Not("the Namespace's label podwright.dev/inject disables podwright")
            }
            Some(namespace::InjectLabel::Enabled) => {
                Called::With(OptIn::Namespace { profile: self.profile.unwrap_or(DEFAULT_PROFILE) })
            }
            None => Called::With(self.profile.map_or(OptIn::Pod, |profile| OptIn::Namespace { profile })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LEFT_OUT;

    #[test]
    fn the_namespaces_that_are_left_out_are_those_of_the_manifest() {
        let manifest = include_str!("../../../manifests/mutatingwebhookconfiguration.yaml");
        let listed = format!("values: [{}]", LEFT_OUT.join(", "));
        assert_eq!(manifest.matches("key: kubernetes.io/metadata.name").count(), manifest.matches(&listed).count());
    }
}
