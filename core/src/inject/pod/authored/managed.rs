//! `metadata.managedFields`: server-side apply stores the paths of a manifest there, without values (`FieldsV1`).

use std::collections::HashMap;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::super::fields::{Nullable, Str};
use super::{Authored, AuthoredContainer, Evidence};

/// The `fieldsV1` of the entries with `operation: Apply` and without a subresource. Entries with `Update` are skipped,
/// because they name the defaulted fields too.
#[derive(Clone, Debug, Default)]
pub struct ManagedFields<'a>(Vec<&'a RawValue>);

/// The most bytes to read from all entries together. A manifest within the API's limit on annotations needs fewer.
const BYTES: usize = 256 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManagedFieldsEntry<'a> {
    #[serde(borrow, default)]
    operation: Str<'a>,
    #[serde(borrow, default)]
    subresource: Str<'a>,
    #[serde(borrow, rename = "fieldsV1")]
    fields: Option<&'a RawValue>,
}

impl<'de: 'a, 'a> Deserialize<'de> for ManagedFields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = deserializer.deserialize_option(Nullable(PhantomData::<ManagedFieldsList<'a>>))?;
        Ok(entries.map(|ManagedFieldsList(fields)| fields).unwrap_or_default())
    }
}

struct ManagedFieldsList<'a>(ManagedFields<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for ManagedFieldsList<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ManagedFieldsVisitor(PhantomData)).map(Self)
    }
}

struct ManagedFieldsVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for ManagedFieldsVisitor<'a> {
    type Value = ManagedFields<'a>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<ManagedFields<'a>, A::Error> {
        let mut applied = Vec::new();
        while let Some(entry) = sequence.next_element::<ManagedFieldsEntry<'a>>()? {
            if entry.operation.as_str() == "Apply" && entry.subresource.as_str().is_empty() {
                applied.extend(entry.fields);
            }
        }
        Ok(ManagedFields(applied))
    }
}

impl ManagedFields<'_> {
    /// Collects the evidence in the entries. An unreadable entry gives none.
    pub(in super::super) fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::default();
        if self.0.iter().map(|fields| fields.get().len()).sum::<usize>() > BYTES {
            return evidence;
        }
        for FieldsV1 { spec } in self.0.iter().filter_map(|fields| serde_json::from_str(fields.get()).ok()) {
            let Some(spec) = spec else { continue };
            evidence.spec.grace_period = evidence.spec.grace_period.or(authored(spec.grace_period.as_ref()));
            for (key, container) in spec.containers.into_iter().chain(spec.init_containers) {
                let Some(name) = name(&key) else { continue };
                evidence.containers.entry(name).or_default().take(container.authored());
            }
        }
        evidence
    }
}

#[derive(Deserialize)]
struct FieldsV1 {
    #[serde(rename = "f:spec")]
    spec: Option<ManagedSpec>,
}

/// The fields below `spec`. Containers have keys such as `k:{"name":"web"}`, next to a `.`.
#[derive(Deserialize)]
struct ManagedSpec {
    #[serde(rename = "f:terminationGracePeriodSeconds")]
    grace_period: Option<IgnoredAny>,
    #[serde(rename = "f:containers", default)]
    containers: HashMap<String, ManagedContainer>,
    #[serde(rename = "f:initContainers", default)]
    init_containers: HashMap<String, ManagedContainer>,
}

#[derive(Deserialize)]
struct ManagedContainer {
    #[serde(rename = "f:terminationMessagePath")]
    message_path: Option<IgnoredAny>,
    #[serde(rename = "f:terminationMessagePolicy")]
    message_policy: Option<IgnoredAny>,
}

impl ManagedContainer {
    fn authored(&self) -> AuthoredContainer {
        AuthoredContainer {
            message_path: authored(self.message_path.as_ref()),
            message_policy: authored(self.message_policy.as_ref()),
            ..AuthoredContainer::default()
        }
    }
}

fn authored(path: Option<&IgnoredAny>) -> Authored {
    path.map_or(Authored::Unknown, |_| Authored::Value)
}

/// Parses the name from `k:{"name":"web"}`.
fn name(key: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct ContainerKey {
        name: String,
    }

    serde_json::from_str::<ContainerKey>(key.strip_prefix("k:")?).ok().map(|key| key.name)
}
