//! The word `OTEL`: `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`.
//!
//! The attributes follow OpenTelemetry's conventions for Kubernetes
//! (<https://opentelemetry.io/docs/specs/semconv/non-normative/k8s-attributes/>), as the OpenTelemetry operator does, and
//! the encoding follows the SDK's specification (<https://opentelemetry.io/docs/specs/otel/resource/sdk/>). The Pod's name
//! and node are unknown at admission, so the literals refer to variables before them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::annotation::downward::{FieldPath, OtelVariable};
use crate::inject::pod::{Container, Pod, WorkloadOfPod};

/// The longest `OTEL_RESOURCE_ATTRIBUTES`. Linux starts no process with a variable above 128 KiB.
const LONGEST: usize = 4 * 1024;

/// The OpenTelemetry operator's own variable. It adds this one wherever it adds the others.
const OF_OPERATOR: &str = "OTEL_RESOURCE_ATTRIBUTES_POD_NAME";

/// A variable that the literals refer to. Its values are names and a uid, which need no encoding. No program reads these
/// variables, so they clash with none of an author.
pub(super) struct Reference {
    pub(super) name: &'static str,
    pub(super) field: FieldPath,
    text: &'static str,
}

const fn reference(name: &'static str, text: &'static str, field: &'static str) -> Reference {
    Reference { name, field: FieldPath::known(field), text }
}

static NAMESPACE: Reference =
    reference("OTEL_RESOURCE_POD_NAMESPACE", "$(OTEL_RESOURCE_POD_NAMESPACE)", "metadata.namespace");
static NAME: Reference = reference("OTEL_RESOURCE_POD_NAME", "$(OTEL_RESOURCE_POD_NAME)", "metadata.name");
static UID: Reference = reference("OTEL_RESOURCE_POD_UID", "$(OTEL_RESOURCE_POD_UID)", "metadata.uid");
static NODE: Reference = reference("OTEL_RESOURCE_NODE_NAME", "$(OTEL_RESOURCE_NODE_NAME)", "spec.nodeName");

/// Returns the references in a literal.
pub(super) fn references_in(literal: &str) -> impl Iterator<Item = &'static Reference> {
    [&NAMESPACE, &NAME, &UID, &NODE].into_iter().filter(|reference| literal.contains(reference.text))
}

/// Returns whether the OpenTelemetry operator adds its variables to this container.
pub(super) fn is_operators(container: &Container<'_>) -> bool {
    container.env.0.iter().any(|variable| variable.name.as_str() == OF_OPERATOR)
}

/// Returns whether a literal of `OTEL_RESOURCE_ATTRIBUTES` has a `service.name`, which `OTEL_SERVICE_NAME` would
/// override.
pub(super) fn names_service(attributes: &str) -> bool {
    attributes.split(',').any(|attribute| attribute.trim_start().starts_with("service.name="))
}

/// The parts of the resource that a Pod's containers share, as literals of variables.
pub(super) struct Resource<'p> {
    /// The attributes of annotations, by key.
    annotated: BTreeMap<&'p str, &'p str>,
    version: Option<&'p str>,
    service_name: String,
    shared: String,
    /// `false` if the annotations alone are too long.
    fits: bool,
}

impl<'p> Resource<'p> {
    pub(super) fn of(pod: &'p Pod<'p>) -> Self {
        let mut annotated: BTreeMap<_, _> =
            pod.annotations().into_iter().flat_map(|it| it.resource_attributes()).collect();
        let fits = annotated.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>() <= LONGEST;
        let named = annotated.remove("service.name").or_else(|| pod.labels()?.application());
        let workload = pod.workload();
        let service_name = named.or(workload.map(|workload| workload.name)).map(escaped);
        let mut attributes = Attributes { text: String::new(), annotated: &mut annotated };
        attributes.push("k8s.namespace.name", NAMESPACE.text.into());
        attributes.push("k8s.pod.name", NAME.text.into());
        attributes.push("k8s.pod.uid", UID.text.into());
        attributes.push("k8s.node.name", NODE.text.into());
        if let Some(workload) = workload {
            attributes.push(attribute_of(workload.kind), encoded(workload.name));
        }
        attributes.push("service.namespace", NAMESPACE.text.into());
        let shared = attributes.text;
        let version = pod.labels().and_then(|labels| labels.version());
        let service_name = service_name.unwrap_or_else(|| NAME.text.to_owned());
        Self { annotated, version, service_name, shared, fits }
    }

    /// Returns the variable's literal for a container; `None` if it is too long.
    pub(super) fn literal(&self, variable: OtelVariable, container: &Container<'_>) -> Option<String> {
        let literal = self.fits.then(|| match variable {
            OtelVariable::ServiceName => self.service_name.clone(),
            OtelVariable::ResourceAttributes => self.attributes(container),
        });
        literal.filter(|literal| literal.len() <= LONGEST)
    }

    fn attributes(&self, container: &Container<'_>) -> String {
        let name = encoded(container.name.as_str());
        let mut annotated = self.annotated.clone();
        let mut attributes = Attributes { text: self.shared.clone(), annotated: &mut annotated };
        let instance = format!("{}.{}.{name}", NAMESPACE.text, NAME.text);
        attributes.push("k8s.container.name", name);
        attributes.push("service.instance.id", instance);
        if let Some(version) = self.version.or_else(|| version_in(container.image.as_str())) {
            attributes.push("service.version", encoded(version));
        }
        attributes.push_others();
        attributes.text
    }
}

/// A list of attributes under construction. An annotation overrides the attribute of the same key.
struct Attributes<'t, 'p> {
    text: String,
    annotated: &'t mut BTreeMap<&'p str, &'p str>,
}

impl Attributes<'_, '_> {
    fn push(&mut self, key: &str, value: String) {
        let value = self.annotated.remove(key).map_or(value, encoded);
        self.write(&encoded(key), &value);
    }

    fn push_others(&mut self) {
        for (key, value) in std::mem::take(self.annotated) {
            self.write(&encoded(key), &encoded(value));
        }
    }

    fn write(&mut self, key: &str, value: &str) {
        let comma = if self.text.is_empty() { "" } else { "," };
        let _ = write!(self.text, "{comma}{key}={value}");
    }
}

fn attribute_of(kind: WorkloadOfPod) -> &'static str {
    match kind {
        WorkloadOfPod::Deployment => "k8s.deployment.name",
        WorkloadOfPod::ReplicaSet => "k8s.replicaset.name",
        WorkloadOfPod::StatefulSet => "k8s.statefulset.name",
        WorkloadOfPod::DaemonSet => "k8s.daemonset.name",
        WorkloadOfPod::CronJob => "k8s.cronjob.name",
        WorkloadOfPod::Job => "k8s.job.name",
    }
}

/// Returns `TAG@DIGEST`, the digest or the tag of an image.
fn version_in(image: &str) -> Option<&str> {
    let (name, digest) = image.split_once('@').map_or((image, None), |(name, digest)| (name, Some(digest)));
    // A colon before the last slash belongs to a registry's port.
    let tag = name.rfind(':').filter(|colon| name.rfind('/').is_none_or(|slash| slash < *colon));
    let from = tag.map(|colon| colon + 1).or(digest.map(|_| name.len() + 1))?;
    image.get(from..).filter(|version| !version.is_empty())
}

/// Escapes a text for a literal: the kubelet expands `$(NAME)`, and reads `$$` as `$`.
fn escaped(text: &str) -> String {
    text.replace('$', "$$")
}

/// Encodes a key or a value for `OTEL_RESOURCE_ATTRIBUTES`, and escapes it. `,` and `=` must be encoded; other characters
/// outside W3C's `baggage-octet` may be, and so may `+`, which some decoders read as a space.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'$' => encoded.push_str("$$"),
            b'"' | b',' | b';' | b'\\' | b'%' | b'=' | b'+' => percent(&mut encoded, byte),
            _ if byte.is_ascii_graphic() => encoded.push(char::from(byte)),
            _ => percent(&mut encoded, byte),
        }
    }
    encoded
}

fn percent(text: &mut String, byte: u8) {
    let _ = write!(text, "%{byte:02X}");
}

#[cfg(test)]
mod tests {
    use super::{encoded, names_service, version_in};

    #[test]
    fn an_images_version_is_its_tag_and_digest() {
        for (image, version) in [
            ("registry:5000/shop", None),
            ("registry:5000/shop:1.2", Some("1.2")),
            ("shop:1.2", Some("1.2")),
            ("shop", None),
            ("", None),
            ("shop:", None),
            ("shop@sha256:ab", Some("sha256:ab")),
            ("r:5000/shop:1.2@sha256:ab", Some("1.2@sha256:ab")),
            ("r:5000/shop@sha256:ab", Some("sha256:ab")),
        ] {
            assert_eq!(version_in(image), version, "{image}");
        }
    }

    #[test]
    fn values_are_encoded_and_no_reference_is_expanded() {
        assert_eq!(encoded("a b,c=d;e\"f\\g%h+i"), "a%20b%2Cc%3Dd%3Be%22f%5Cg%25h%2Bi");
        assert_eq!(encoded("é"), "%C3%A9");
        assert_eq!(encoded("$(POD_IP) $$"), "$$(POD_IP)%20$$$$");
        assert_eq!(encoded("1.2@sha256:ab/c_d-e~"), "1.2@sha256:ab/c_d-e~");
    }

    #[test]
    fn a_service_name_among_attributes_is_found_as_a_whole_key() {
        assert!(names_service("service.name=shop") && names_service("a=b, service.name=shop"));
        assert!(!names_service("my.service.name=shop") && !names_service("a=service.name"));
    }
}
