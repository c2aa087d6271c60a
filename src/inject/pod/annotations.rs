//! The annotations that concern us, and the size of all of them.
//!
//! A Pod made with kubectl carries its whole JSON as one annotation: others' values are stepped over, never decoded.

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de::Error as _};
use serde_json::value::RawValue;

use super::scalars::Str;
use crate::annotation::parse::is_ours;

/// The kubelet's mark on the mirror of a static Pod, which nobody can change.
const MIRROR: &str = "kubernetes.io/config.mirror";

/// `metadata.annotations`: ours by key and value, the others only counted.
#[derive(Clone, Debug, Default)]
pub struct Annotations<'a> {
    ours: Vec<(Str<'a>, Str<'a>)>,
    bytes: usize,
    mirror: bool,
}

impl<'a> Annotations<'a> {
    /// The annotations under our prefix, in whatever case, and under its subdomains.
    pub fn ours(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.ours.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The value at one of our keys.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.ours().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// The bytes of all keys and values, at most: an escaped character is counted as it is written, which is longer
    /// than what the API server counts, never shorter.
    pub fn bytes_at_most(&self) -> usize {
        self.bytes
    }

    /// Whether this is the mirror of a static Pod.
    pub fn is_mirror(&self) -> bool {
        self.mirror
    }

    fn take<E: serde::de::Error>(&mut self, key: Str<'a>, value: &'a RawValue) -> Result<(), E> {
        self.bytes += key.as_str().len() + value.get().len().saturating_sub("\"\"".len());
        self.mirror |= key.as_str() == MIRROR;
        if is_ours(key.as_str()) {
            let value = serde_json::from_str(value.get()).map_err(|_| {
                E::custom(format!(
                    "annotation {}: {value} is not a string; expected it in quotes: \"{value}\"",
                    key.as_str()
                ))
            })?;
            self.ours.push((key, value));
        }
        Ok(())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Annotations<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
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

        deserializer.deserialize_map(Entries)
    }
}
