//! Size limits, checked before podwright reads a Pod.
//!
//! Three bytes of JSON (`{},`) become hundreds in memory, so a long text is counted first. A short text cannot have too
//! many items.

use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::fields::{Field, Str};
use super::json_objects::objects;
use super::ports::is_tcp;
use super::tally::{Counted, Sum, Tally};
use crate::annotation::is_ours;

/// The most items of a Pod with podwright's edits: containers, variables, mounts, block devices, TCP ports, volumes and
/// podwright's annotations.
///
/// This is far above any running Pod, and podwright leaves a larger one unchanged. A container counts as [`CONTAINER`]
/// items.
pub const ITEMS: usize = 20_000;

/// The items that a container counts as, apart from its lists: every feature processes each container.
pub(super) const CONTAINER: usize = 4;

/// The most bytes of JSON of a Pod with podwright's edits, without `metadata.managedFields`. etcd accepts 1.5 MiB in a
/// shorter form.
pub const JSON: usize = 1024 * 1024;

/// The margin for the rest of a review. podwright does not read a Pod that exceeds the limit by more.
const ENVELOPE: usize = 64 * 1024;

/// The smallest container in bytes of JSON: `{},`.
const CONTAINER_BYTES: usize = 3;

/// Returns whether a text of this length may have too many items.
pub(crate) fn is_needed(bytes: usize) -> bool {
    bytes > CONTAINER_BYTES * ITEMS / CONTAINER
}

/// The size of a Pod, without its content.
#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct Census<'a> {
    #[serde(borrow, default)]
    metadata: Field<CountedMetadata<'a>>,
    #[serde(borrow, default)]
    spec: Field<CountedSpec<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
struct CountedMetadata<'a> {
    #[serde(borrow, default)]
    annotations: Field<Ours<'a>>,
    #[serde(borrow, default, rename = "managedFields")]
    managed_fields: Field<&'a RawValue>,
}

/// The number of items in a Pod's `spec`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub(super) struct CountedSpec<'a> {
    #[serde(borrow, default)]
    containers: Sum<CountedContainer<'a>>,
    #[serde(borrow, default)]
    init_containers: Sum<CountedContainer<'a>>,
    #[serde(default)]
    volumes: Tally,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
struct CountedContainer<'a> {
    #[serde(default)]
    env: Tally,
    #[serde(borrow, default)]
    ports: Sum<CountedPort<'a>>,
    #[serde(default)]
    volume_mounts: Tally,
    #[serde(default)]
    volume_devices: Tally,
}

#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
struct CountedPort<'a> {
    #[serde(borrow, default)]
    protocol: Field<Str<'a>>,
}

objects!(Census, CountedMetadata, CountedSpec, CountedContainer, CountedPort);

impl Census<'_> {
    /// Returns whether the Pod has more than [`ITEMS`] items or far more than [`JSON`] bytes. `bytes` is the length of
    /// its text.
    pub(crate) fn is_beyond(&self, bytes: usize) -> bool {
        let ours = self.metadata.as_ref().and_then(|metadata| metadata.annotations.as_ref()).map_or(0, |ours| ours.0);
        ours + self.spec.as_ref().map_or(0, CountedSpec::items) > ITEMS
            || self.without_managed_fields(bytes) > JSON + ENVELOPE
    }

    /// Returns the length of the Pod without its `managedFields`. For very long lists the API server adds four times as
    /// many bytes there, and stores less.
    pub(crate) fn without_managed_fields(&self, bytes: usize) -> usize {
        let managed = self.metadata.as_ref().and_then(|metadata| metadata.managed_fields.as_ref());
        bytes.saturating_sub(managed.map_or(0, |managed| managed.get().len()))
    }
}

impl CountedSpec<'_> {
    /// Returns the number of items in a Pod's `spec`.
    pub(super) fn items(&self) -> usize {
        self.containers.0 + self.init_containers.0 + self.volumes.0
    }
}

impl Counted for CountedContainer<'_> {
    fn count(&self) -> usize {
        CONTAINER + self.env.0 + self.ports.0 + self.volume_mounts.0 + self.volume_devices.0
    }
}

impl Counted for CountedPort<'_> {
    /// UDP ports do not count: media servers declare tens of thousands, and podwright reads none of them.
    fn count(&self) -> usize {
        usize::from(is_tcp(&self.protocol))
    }
}

/// The number of podwright's annotations in a map.
#[derive(Debug, Default)]
struct Ours<'a>(usize, PhantomData<&'a str>);

impl<'de: 'a, 'a> Deserialize<'de> for Ours<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OursVisitor)
    }
}

struct OursVisitor;

impl<'de> Visitor<'de> for OursVisitor {
    type Value = Ours<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a map of strings")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Ours<'de>, M::Error> {
        let mut ours = Ours::default();
        while let Some((key, _)) = map.next_entry::<Str<'de>, IgnoredAny>()? {
            ours.0 += usize::from(is_ours(key.as_str()));
        }
        Ok(ours)
    }
}

#[cfg(test)]
mod tests {
    use super::Census;

    fn is_beyond(json: &str) -> bool {
        serde_json::from_str::<Census<'_>>(json).unwrap_or_else(|error| unreachable!("{error}")).is_beyond(json.len())
    }

    #[test]
    fn managed_fields_are_not_the_pods_length() {
        let filler = "x".repeat(2_000_000);
        assert!(is_beyond(&format!(r#"{{"spec": {{"nodeName": "{filler}"}}}}"#)));
        assert!(!is_beyond(&format!(r#"{{"metadata": {{"managedFields": [{{"manager": "{filler}"}}]}}}}"#)));
    }

    #[test]
    fn every_list_counts_and_udp_ports_do_not() {
        let listed = |item: &str, count: usize| vec![item; count].join(",");
        let many = |item: &str| listed(item, 20_000);
        for (list, beyond) in [
            (format!(r#""containers": [{}]"#, listed("{}", 5_000)), false),
            (format!(r#""initContainers": [{}], "containers": [{{}}]"#, listed("{}", 5_000)), true),
            (format!(r#""volumes": [{}], "containers": null"#, many("{}")), false),
            (format!(r#""containers": [{{"env": [{}]}}]"#, many("{}")), true),
            (format!(r#""containers": [{{"volumeMounts": [{}]}}]"#, many("null")), true),
            (format!(r#""containers": [{{"volumeDevices": [{}]}}]"#, many("{}")), true),
            (format!(r#""containers": [{{"ports": [{}]}}]"#, many("{}")), true),
            (format!(r#""containers": [{{"ports": [{}]}}]"#, many(r#"{"protocol": "UDP"}"#)), false),
            (format!(r#""containers": [{{"envFrom": [{}]}}]"#, many("{}")), false),
        ] {
            let shown = list.get(..60).unwrap_or_default();
            assert_eq!(is_beyond(&format!(r#"{{"spec": {{{list}}}}}"#)), beyond, "{shown}");
        }
        let keys: Vec<String> = (0..20_001).map(|n| format!(r#""c{n}.podwright.dev/inject": "x""#)).collect();
        assert!(is_beyond(&format!(r#"{{"metadata": {{"annotations": {{{}}}}}}}"#, keys.join(","))));
    }
}
