//! The Namespaces of a cluster: their labels decide about their Pods.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::known::{Known, Unseen};
use crate::workload::namespace::{LABEL, PROFILE_LABEL};

/// The label with a Namespace's name, which the API server sets.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// The Namespaces, as far as the user may see them.
#[derive(Clone, Debug, Default)]
pub struct Namespaces {
    /// Those that were read, by name.
    pub read: BTreeMap<String, Known<NamespaceState>>,
    /// The reason why there are no others, if the list failed.
    pub unlisted: Option<Unseen>,
    /// The profile with which unseen Namespaces opted in, as the user states it.
    pub stated_profile: Option<String>,
}

/// The facts about one Namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamespaceState {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The time at which a writer last changed podwright's labels or others with them, as RFC 3339 in UTC.
    pub labelled: Option<String>,
}

#[derive(Deserialize)]
struct NamespaceObject {
    metadata: NamespaceMetadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NamespaceMetadata {
    name: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    managed_fields: Vec<Writer>,
}

/// An entry of `managedFields`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Writer {
    time: Option<String>,
    #[serde(rename = "fieldsV1", default)]
    fields: Value,
}

impl NamespaceState {
    /// Reads a Namespace's name and state.
    ///
    /// # Errors
    /// If the JSON is no Namespace.
    pub fn parse(json: &str) -> Result<(String, Self), serde_json::Error> {
        let NamespaceMetadata { name, labels, managed_fields } =
            serde_json::from_str::<NamespaceObject>(json)?.metadata;
        let labelled =
            managed_fields.into_iter().filter(Writer::sets_our_labels).filter_map(|writer| writer.time).max();
        Ok((name, Self { labels, labelled }))
    }

    /// Makes the state of a Namespace that opted in with a profile, as the user states it.
    pub fn opted_in(name: &str, profile: &str) -> Self {
        let labels = [(NAME_LABEL, name), (PROFILE_LABEL, profile)].map(|(key, value)| (key.into(), value.into()));
        Self { labels: labels.into(), labelled: None }
    }
}

impl Namespaces {
    /// Returns a Namespace's state, or the reason why it is unknown.
    pub fn get(&self, name: &str) -> Known<Cow<'_, NamespaceState>> {
        let unseen = match (self.read.get(name), &self.unlisted) {
            (Some(Known::Seen(state)), _) => return Known::Seen(Cow::Borrowed(state)),
            (Some(Known::Unseen(unseen)), _) | (None, Some(unseen)) => unseen.clone(),
            (None, None) => Unseen::Absent(format!("Namespace {name}")),
        };
        match &self.stated_profile {
            Some(profile) => Known::Seen(Cow::Owned(NamespaceState::opted_in(name, profile))),
            None => Known::Unseen(unseen),
        }
    }
}

impl Writer {
    fn sets_our_labels(&self) -> bool {
        let labels = self.fields.get("f:metadata").and_then(|metadata| metadata.get("f:labels"));
        labels
            .is_some_and(|labels| [LABEL, PROFILE_LABEL].iter().any(|label| labels.get(format!("f:{label}")).is_some()))
    }
}
