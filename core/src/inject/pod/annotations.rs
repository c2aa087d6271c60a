//! The annotations with podwright's keys, and the size of all annotations.
//!
//! `kubectl apply` stores the whole manifest in an annotation, so foreign values are skipped, not decoded.

use std::collections::HashSet;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de::Error as _};
use serde_json::value::RawValue;

use super::fields::Str;
use crate::annotation::downward::{Resource, Section};
use crate::annotation::is_ours;
use crate::text::shorten;

/// The API's limit on a Pod's annotations in bytes, keys and values together (`TotalAnnotationSizeLimitB`).
pub const ANNOTATIONS_BYTES: usize = 256 * 1024;

/// The kubelet's annotation on the mirror of a static Pod. Nobody can change such a Pod.
const MIRROR: &str = "kubernetes.io/config.mirror";

/// The annotation that names the Pod's main container, for `kubectl logs` and for probes.
const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";

/// The annotation in which the admission plugin LimitRanger lists its amounts.
const LIMIT_RANGER: &str = "kubernetes.io/limit-ranger";

/// The annotation in which `kubectl apply` keeps the manifest.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The prefix of annotations that become attributes of OpenTelemetry's resource.
const RESOURCE: &str = "resource.opentelemetry.io/";

/// The longest manifest to read: the API's limit on all annotations. Escapes make it longer as JSON.
const APPLIED_BYTES: usize = 256 * 1024;

/// The longest foreign value to read, in bytes of JSON. Anybody can write such a value. LimitRanger writes about 60
/// bytes for an amount.
const FOREIGN_BYTES: usize = 8 * 1024;

/// `metadata.annotations`: podwright's by key and value; the others are only counted.
#[derive(Clone, Debug, Default)]
pub struct Annotations<'a> {
    ours: Vec<(Str<'a>, Str<'a>)>,
    default_container: Option<Str<'a>>,
    limit_ranger: Option<Str<'a>>,
    last_applied: Option<&'a RawValue>,
    resource: Vec<(Str<'a>, Str<'a>)>,
    bytes: usize,
    /// A lower bound of the bytes that the API server counts.
    stored: usize,
    mirror: bool,
}

impl<'a> Annotations<'a> {
    /// Returns the annotations with podwright's prefix, in any case, and with its subdomains.
    pub fn ours(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.ours.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Returns the value of one of podwright's keys.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.ours().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// Returns an upper bound of the bytes of all keys and values. Escaped characters count as written, which is never
    /// less than the API server counts.
    pub fn bytes_at_most(&self) -> usize {
        self.bytes
    }

    /// Returns whether the API server will refuse the Pod for the size of its annotations, which it checks after
    /// podwright.
    ///
    /// Foreign values are not decoded, and a byte takes at most six as JSON (`\u0001`). podwright keeps no further
    /// annotations then.
    pub fn cannot_be_stored(&self) -> bool {
        self.stored > ANNOTATIONS_BYTES
    }

    /// Returns the Pod's main container by annotation.
    pub fn default_container(&self) -> Option<&str> {
        self.default_container.as_ref().map(Str::as_str)
    }

    /// Returns the amounts set by a LimitRange of the namespace, from LimitRanger's annotation (`LimitRanger plugin
    /// set: cpu, memory request for container web; cpu limit for init container setup`).
    pub fn limit_range(&self) -> LimitRange<'_> {
        let account = self.limit_ranger.as_ref().and_then(|account| account.as_str().split_once(": "));
        LimitRange(account.into_iter().flat_map(|(_, account)| account.split("; ")).flat_map(set_by).collect())
    }

    /// Returns the attributes of OpenTelemetry's resource, without the prefix of the annotations.
    pub fn resource_attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        let attribute = |key| Str::as_str(key).strip_prefix(RESOURCE).filter(|name| !name.is_empty());
        let attributes = self.resource.iter().filter_map(move |(key, value)| Some((attribute(key)?, value.as_str())));
        attributes.filter(|(_, value)| !value.is_empty())
    }

    /// Returns the manifest that `kubectl apply` stored, as JSON.
    pub(super) fn last_applied(&self) -> Option<Str<'a>> {
        let kept = self.last_applied.filter(|kept| kept.get().len() <= 2 * APPLIED_BYTES)?;
        serde_json::from_str(kept.get()).ok().filter(|kept: &Str<'a>| kept.as_str().len() <= APPLIED_BYTES)
    }

    /// Returns whether this is the mirror of a static Pod.
    pub fn is_mirror(&self) -> bool {
        self.mirror
    }

    fn take<E: serde::de::Error>(&mut self, key: Str<'a>, value: &'a RawValue) -> Result<(), E> {
        self.bytes += key.as_str().len() + value.get().len().saturating_sub("\"\"".len());
        self.mirror |= key.as_str() == MIRROR;
        match key.as_str() {
            DEFAULT_CONTAINER => self.default_container = foreign(value),
            LIMIT_RANGER => self.limit_ranger = foreign(value),
            LAST_APPLIED => self.last_applied = Some(value),
            _ => {}
        }
        self.stored += key.as_str().len();
        if !is_ours(key.as_str()) {
            self.stored += value.get().len().saturating_sub("\"\"".len()) / 6;
            if key.as_str().starts_with(RESOURCE) {
                self.resource.extend(foreign(value).map(|value| (key, value)));
            }
        } else if !self.cannot_be_stored() {
            let value: Str<'a> = serde_json::from_str(value.get()).map_err(|_| {
                let (key, value) = (shorten(key.as_str()), shorten(value.get()));
                E::custom(format!("annotation {key}: {value} is not a string; expected it in quotes: \"{value}\""))
            })?;
            self.stored += value.as_str().len();
            self.ours.push((key, value));
        }
        Ok(())
    }
}

/// Reads a foreign value, unless it is too long to be genuine.
fn foreign(value: &RawValue) -> Option<Str<'_>> {
    (value.get().len() <= FOREIGN_BYTES).then(|| serde_json::from_str(value.get()).ok()).flatten()
}

/// The amounts set by a LimitRange of the namespace, each by container, section and resource.
#[derive(Debug, Default)]
pub struct LimitRange<'a>(HashSet<(&'a str, Section, Resource)>);

impl LimitRange<'_> {
    /// Returns whether the LimitRange set this amount.
    pub fn set(&self, container: &str, section: Section, resource: Resource) -> bool {
        self.0.contains(&(container, section, resource))
    }
}

/// Parses a clause such as `cpu, memory request for container web`.
fn set_by(clause: &str) -> impl Iterator<Item = (&str, Section, Resource)> {
    let about = clause.split_once(" for container ").or(clause.split_once(" for init container "));
    about.into_iter().flat_map(|(amounts, name)| {
        let (names, section) = amounts.rsplit_once(' ').unwrap_or_default();
        let section = [Section::Requests, Section::Limits]
            .into_iter()
            .find(|known| known.as_str().trim_end_matches('s') == section);
        let resources = names.split(", ").filter_map(|name| Resource::ALL.into_iter().find(|r| r.as_str() == name));
        resources.filter_map(move |resource| Some((name, section?, resource)))
    })
}

impl<'de: 'a, 'a> Deserialize<'de> for Annotations<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnnotationsVisitor;

        impl<'de> Visitor<'de> for AnnotationsVisitor {
            type Value = Annotations<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map of strings")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut annotations = Annotations::default();
                while let Some((key, value)) = map.next_entry::<Str<'de>, &'de RawValue>()? {
                    annotations.take(key, value)?;
                }
                let mut keys: Vec<&str> = annotations.ours().map(|(key, _)| key).collect();
                keys.sort_unstable();
                match keys.windows(2).find(|pair| pair.first() == pair.last()) {
                    Some(pair) => Err(M::Error::custom(format!(
                        "annotation {} stands twice",
                        pair.first().copied().unwrap_or_default()
                    ))),
                    None => Ok(annotations),
                }
            }
        }

        deserializer.deserialize_map(AnnotationsVisitor)
    }
}
