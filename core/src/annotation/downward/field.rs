//! Fields of the Pod for `env[*].valueFrom.fieldRef`.

use std::borrow::Cow;

use crate::annotation::{Expected, nearest};
use crate::text::shorten;

/// A `fieldPath` that the API accepts for an environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath(Cow<'static, str>);

/// The fields without a subscript. Source: `k8s.io/kubernetes/pkg/apis/core/validation`,
/// `validEnvDownwardAPIFieldPathExpressions`.
const PLAIN: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
const LABELS: &str = "metadata.labels";
const ANNOTATIONS: &str = "metadata.annotations";

impl FieldPath {
    /// Parses a path.
    ///
    /// # Errors
    /// The API rejects the path for environment variables. The example has the most similar valid path.
    pub fn parse(path: &str) -> Result<Self, Expected> {
        let label = subscript(path, LABELS).is_some_and(is_qualified_name);
        let annotation = subscript(path, ANNOTATIONS).is_some_and(|key| is_qualified_name(&key.to_lowercase()));
        if label || annotation || PLAIN.contains(&path) {
            return Ok(Self(path.to_owned().into()));
        }
        Err(Expected::new(problem(path), format!("NAME={}", hint(path))))
    }

    /// Makes a path that podwright knows.
    pub(crate) const fn known(path: &'static str) -> Self {
        Self(Cow::Borrowed(path))
    }

    /// Returns the path in the API's form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn subscript<'p>(path: &'p str, map: &str) -> Option<&'p str> {
    path.strip_prefix(map)?.strip_prefix("['")?.strip_suffix("']")
}

fn problem(path: &str) -> String {
    let shown = shorten(path);
    if path.starts_with(LABELS) || path.starts_with(ANNOTATIONS) {
        return format!(
            "invalid source \"{shown}\": expected one label or annotation, its key in brackets and single quotes"
        );
    }
    let known = PLAIN.join(", ");
    format!(
        "unknown source \"{shown}\": expected one of {known}, metadata.labels['KEY'], metadata.annotations['KEY'], \
         requests.RESOURCE, limits.RESOURCE, container.name, container.image or container.port"
    )
}

fn hint(path: &str) -> &str {
    if path.starts_with(ANNOTATIONS) {
        return "metadata.annotations['example.com/team']";
    }
    if path.starts_with(LABELS) {
        return "metadata.labels['app.kubernetes.io/name']";
    }
    nearest(path, PLAIN).unwrap_or("metadata.name")
}

/// Returns whether a label can have the key: `name` or `dns.sub.domain/name`. The API checks an annotation's key in
/// lower case, so the caller converts it first.
fn is_qualified_name(key: &str) -> bool {
    let (prefix, name) = key.split_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let edges = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.ends_with(|c: char| c.is_ascii_alphanumeric())
    };
    let name_legal = name.len() <= 63
        && edges(name)
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let label_legal = |label: &str| edges(label) && label.bytes().all(lower);
    name_legal && prefix.is_none_or(|prefix| prefix.len() <= 253 && prefix.split('.').all(label_legal))
}
