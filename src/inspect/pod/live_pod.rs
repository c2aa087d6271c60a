//! A Pod as an API server lists it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::inject::pod::Pod;

/// A borrowed view of a live Pod: the core's, and the fields that only an inspection reads.
#[derive(Debug)]
pub struct LivePod<'a> {
    object: PodObject<'a>,
    pod: Pod<'a>,
}

/// An owner reference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnerReference<'a> {
    /// Group and version, such as `apps/v1`.
    #[serde(borrow, default)]
    pub api_version: Cow<'a, str>,
    /// The kind.
    #[serde(borrow, default)]
    pub kind: Cow<'a, str>,
    /// The name.
    #[serde(borrow, default)]
    pub name: Cow<'a, str>,
    /// Whether it is the managing controller.
    #[serde(default)]
    pub controller: bool,
}

impl<'a> OwnerReference<'a> {
    /// Returns the managing controller, or else the first owner.
    ///
    /// The API server does not check the names in a reference, and every author of a Pod can write one. So a reference
    /// counts only if an object can have its names: they become parts of commands and of paths.
    pub fn top(owners: &[Self]) -> Option<&Self> {
        let owner = owners.iter().find(|owner| owner.controller).or(owners.first());
        owner.filter(|owner| owner.can_exist())
    }

    fn can_exist(&self) -> bool {
        let (group, version) = self.api_version.split_once('/').unwrap_or(("", &self.api_version));
        (group.is_empty() || is_object_name(group))
            && is_word(version)
            && is_word(&self.kind)
            && is_object_name(&self.name)
    }
}

/// Returns whether an object can have this name (an RFC 1123 subdomain): at most 253 lower-case letters, digits, `-` and
/// `.`, the first and the last of them a letter or digit.
pub fn is_object_name(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    let outer = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    let bytes = name.as_bytes();
    bytes.len() <= 253 && outer(bytes.first()) && outer(bytes.last()) && bytes.iter().copied().all(inner)
}

/// Returns whether a kind or a version can have this name.
fn is_word(word: &str) -> bool {
    (1..=63).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[derive(Debug, Deserialize)]
struct PodObject<'a> {
    #[serde(borrow)]
    metadata: PodMetadata<'a>,
    #[serde(borrow, default)]
    status: PodStatus<'a>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PodMetadata<'a> {
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    namespace: Cow<'a, str>,
    #[serde(borrow)]
    creation_timestamp: Option<Cow<'a, str>>,
    #[serde(borrow)]
    deletion_timestamp: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    labels: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
    #[serde(borrow, default)]
    annotations: BTreeMap<Cow<'a, str>, &'a RawValue>,
    #[serde(borrow, default)]
    owner_references: Vec<OwnerReference<'a>>,
    #[serde(borrow, default)]
    managed_fields: Vec<Writer<'a>>,
}

#[derive(Debug, Default, Deserialize)]
struct PodStatus<'a> {
    #[serde(borrow, default)]
    phase: Cow<'a, str>,
}

/// An entry of `managedFields`.
#[derive(Debug, Deserialize)]
struct Writer<'a> {
    #[serde(borrow, default)]
    subresource: Cow<'a, str>,
}

impl<'a> LivePod<'a> {
    /// Reads a Pod from JSON, as an API server lists it.
    ///
    /// # Errors
    /// If the JSON is no Pod.
    pub fn parse(json: &'a str) -> Result<Self, serde_json::Error> {
        Ok(Self { object: serde_json::from_str(json)?, pod: Pod::parse(json.as_bytes())? })
    }

    /// Returns the core's view, as the webhook has it.
    pub fn pod(&self) -> &Pod<'a> {
        &self.pod
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.object.metadata.name
    }

    /// Returns the namespace.
    pub fn namespace(&self) -> &str {
        &self.object.metadata.namespace
    }

    /// Returns the creation time as RFC 3339 in UTC; an empty text if there is none.
    pub fn created(&self) -> &str {
        self.object.metadata.creation_timestamp.as_deref().unwrap_or_default()
    }

    /// Returns whether the Pod is being deleted.
    pub fn is_ending(&self) -> bool {
        self.object.metadata.deletion_timestamp.is_some()
    }

    /// Returns whether all its containers have ended for good.
    pub fn is_finished(&self) -> bool {
        matches!(self.object.status.phase.as_ref(), "Succeeded" | "Failed")
    }

    /// Returns whether its resources were changed in place.
    pub fn was_resized(&self) -> bool {
        self.object.metadata.managed_fields.iter().any(|writer| writer.subresource == "resize")
    }

    /// Returns all annotations, with their values as JSON.
    pub fn annotations(&self) -> &BTreeMap<Cow<'a, str>, &'a RawValue> {
        &self.object.metadata.annotations
    }

    /// Returns the value of one of podwright's annotations.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.pod.annotations()?.get(key)
    }

    /// Returns a copy of the labels, for selectors.
    pub fn owned_labels(&self) -> BTreeMap<String, String> {
        let labels = self.object.metadata.labels.iter();
        labels.map(|(key, value)| (key.clone().into_owned(), value.clone().into_owned())).collect()
    }

    /// Returns the controller that owns the Pod, or else the first owner.
    pub fn owner(&self) -> Option<&OwnerReference<'a>> {
        OwnerReference::top(&self.object.metadata.owner_references)
    }
}
