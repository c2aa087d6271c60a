//! `metadata.labels`, reduced to the ones that podwright reads.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::fields::Str;
use super::lenient::Lenient;
use crate::annotation::INJECTED;

/// The labels of a Pod that name its application and its Deployment's template, and podwright's own.
#[derive(Clone, Debug, Default)]
pub struct Labels<'a> {
    instance: Option<Str<'a>>,
    name: Option<Str<'a>>,
    version: Option<Str<'a>>,
    pod_template_hash: Option<Str<'a>>,
    /// Whether the Pod has [`INJECTED`].
    pub(super) injected: bool,
}

impl Labels<'_> {
    /// Returns the application's name: `app.kubernetes.io/instance`, else `app.kubernetes.io/name`.
    pub fn application(&self) -> Option<&str> {
        text(&self.instance).or_else(|| text(&self.name))
    }

    /// Returns `app.kubernetes.io/version`.
    pub fn version(&self) -> Option<&str> {
        text(&self.version)
    }

    /// Returns the label that the Deployment controller gives to a ReplicaSet's Pods.
    pub(super) fn pod_template_hash(&self) -> Option<&str> {
        text(&self.pod_template_hash)
    }
}

fn text<'l>(label: &'l Option<Str<'_>>) -> Option<&'l str> {
    label.as_ref().map(Str::as_str).filter(|text| !text.is_empty())
}

impl<'de: 'a, 'a> Deserialize<'de> for Labels<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LabelsVisitor;

        impl<'de> Visitor<'de> for LabelsVisitor {
            type Value = Labels<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of strings")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut labels = Labels::default();
                while let Some(key) = map.next_key::<Str<'de>>()? {
                    let place = match key.as_str() {
                        "app.kubernetes.io/instance" => &mut labels.instance,
                        "app.kubernetes.io/name" => &mut labels.name,
                        "app.kubernetes.io/version" => &mut labels.version,
                        "pod-template-hash" => &mut labels.pod_template_hash,
                        key => {
                            labels.injected |= key == INJECTED;
                            map.next_value::<IgnoredAny>()?;
                            continue;
                        }
                    };
                    *place = map.next_value::<Lenient<Option<Str<'de>>>>()?.0;
                }
                Ok(labels)
            }
        }

        deserializer.deserialize_map(LabelsVisitor)
    }
}
