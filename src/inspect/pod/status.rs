//! The annotation `podwright.dev/status` of a live Pod: the settings that podwright injected.
//!
//! It is no proof, because anyone with write access to the Pod can change it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::text::within;

/// The limits of a description, in containers and characters, because anybody can write the annotation.
const LINES: usize = 20;
const LINE: usize = 400;

/// A status. Containers are listed by key; `Pod` stands for the Pod as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StatusAnnotation {
    /// podwright's version.
    pub version: String,
    /// The profile; empty if podwright had nothing to decide.
    pub profile: String,
    in_force: BTreeMap<String, Vec<String>>,
    guessed: BTreeMap<String, BTreeMap<String, Vec<String>>>,
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

    /// Describes the settings in force, one line for each container: `web: downward-env, readiness-probe`. Guessed ports follow
    /// their key.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (key, container) in self.in_force() {
            let named = |names: &Vec<String>| names.iter().any(|name| name == container);
            let guesses = self.guessed.get(key).into_iter().flatten();
            let guess = guesses.into_iter().find(|(_, names)| named(names)).map(|(guess, _)| guess);
            let guess = guess.map(|guess| format!(" guessed as {guess}")).unwrap_or_default();
            lines.entry(container).or_default().push(format!("{key}{guess}"));
        }
        let lines = lines.into_iter().take(LINES);
        lines.map(|(container, keys)| within(&format!("{container}: {}", keys.join(", ")), LINE)).collect()
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
