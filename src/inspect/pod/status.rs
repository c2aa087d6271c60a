//! The annotation `podwright.dev/status` of a live Pod: the settings that podwright injected.
//!
//! It is no proof, because anyone with write access to the Pod can change it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// A status. Containers are listed by key; `Pod` stands for the Pod as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StatusAnnotation {
    /// podwright's version.
    pub version: String,
    /// The profile; empty if podwright had nothing to decide.
    pub profile: String,
    in_force: BTreeMap<String, Vec<String>>,
    adjusted: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    noted: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    kept: BTreeMap<String, Vec<String>>,
    skipped: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// A setting: its key and its container.
pub(super) type Setting<'s> = (&'s str, &'s str);

impl StatusAnnotation {
    /// Reads the annotation's value; returns nothing for a text that podwright did not write.
    pub fn parse(value: &str) -> Option<Self> {
        serde_json::from_str(value).ok().filter(|status: &Self| !status.version.is_empty())
    }

    /// Returns whether podwright decided on any setting, even if only to skip it.
    pub fn is_of_a_decision(&self) -> bool {
        !self.profile.is_empty()
    }

    /// Returns whether podwright injected a setting, or found its own value.
    pub fn has_settings(&self) -> bool {
        !self.in_force.is_empty() || !self.adjusted.is_empty() || !self.noted.is_empty()
    }

    /// Returns whether both have the same settings, whatever the versions.
    pub fn has_same_settings(&self, other: &Self) -> bool {
        let version = String::new();
        Self { version: version.clone(), ..self.clone() } == Self { version, ..other.clone() }
    }

    /// Returns the settings in force, also with another value than the wished one.
    pub(super) fn in_force(&self) -> BTreeSet<Setting<'_>> {
        let coded = [&self.adjusted, &self.noted].into_iter().flatten();
        let coded = coded.flat_map(|(key, codes)| codes.values().map(move |names| (key, names)));
        settings(self.in_force.iter().chain(coded))
    }

    /// Returns the settings for which the Pod keeps another value.
    pub(super) fn kept(&self) -> BTreeSet<Setting<'_>> {
        settings(self.kept.iter())
    }
}

fn settings<'s>(lists: impl Iterator<Item = (&'s String, &'s Vec<String>)>) -> BTreeSet<Setting<'s>> {
    lists.flat_map(|(key, names)| names.iter().map(move |name| (key.as_str(), name.as_str()))).collect()
}
