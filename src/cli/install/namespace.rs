//! Another Namespace for podwright: in names, selectors, expressions and the certificate's names.
//!
//! kustomize's `namespace:` leaves out selectors and expressions. Here, each text in an object's value counts.

use std::str::FromStr;

use serde_json::Value;

use super::installation::Installation;
use super::manifests::NAMESPACE;

/// The name of a Namespace that podwright has for itself.
#[derive(Clone, Debug)]
pub(super) struct NamespaceName(String);

/// A text that cannot be podwright's Namespace.
#[derive(Debug, thiserror::Error)]
pub(super) enum InvalidNamespace {
    #[error("expected at most 63 lower case letters, digits and hyphens between them, such as `podwright-system`")]
    NotLabel,
    #[error(
        "the cluster itself uses this Namespace; expected one for podwright alone, which `podwright uninstall` deletes, such as \
         `podwright-system`"
    )]
    OfCluster,
}

impl FromStr for NamespaceName {
    type Err = InvalidNamespace;

    fn from_str(text: &str) -> Result<Self, InvalidNamespace> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if text.is_empty()
            || text.len() > 63
            || !text.bytes().all(allowed)
            || text.starts_with('-')
            || text.ends_with('-')
        {
            return Err(InvalidNamespace::NotLabel);
        }
        if text == "default" || text.starts_with("kube-") {
            return Err(InvalidNamespace::OfCluster);
        }
        Ok(Self(text.to_owned()))
    }
}

impl NamespaceName {
    /// Puts this name in the place of the manifests' Namespace, also in comments.
    pub(super) fn apply(&self, installation: &mut Installation) {
        for object in &mut installation.objects {
            object.replace_in_comments(NAMESPACE, &self.0);
            rename(&mut object.value, &self.0);
        }
    }
}

fn rename(value: &mut Value, name: &str) {
    match value {
        Value::String(text) if text.contains(NAMESPACE) => *text = text.replace(NAMESPACE, name),
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, name)),
        Value::Object(members) => members.values_mut().for_each(|member| rename(member, name)),
        _ => {}
    }
}
