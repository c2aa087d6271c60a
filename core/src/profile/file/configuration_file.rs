//! The whole configuration file, combined with the built-in configuration.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::extends::{self, ResolvedProfile};
use super::top_level::TopLevelFields;
use super::{BUILT_IN, Problems, warnings};
use crate::profile::Configuration;

/// A configuration, with its profiles as they were written.
#[derive(Clone, Debug)]
pub struct ConfigurationFile {
    pub(super) configuration: Configuration,
    pub(super) profiles: BTreeMap<String, ResolvedProfile>,
    warnings: Problems,
}

/// The built-in file, as written and as a configuration. A test ensures that it has no problems.
static PARSED: LazyLock<(TopLevelFields, ConfigurationFile)> = LazyLock::new(|| {
    let mut problems = Problems::default();
    let top = TopLevelFields::parse(BUILT_IN, &mut problems);
    (top.clone().built_in(), ConfigurationFile::of(top, &mut problems))
});

impl ConfigurationFile {
    /// Parses a file and combines it with the built-in configuration. A profile in the file replaces the built-in one
    /// of the same name. The built-in `web` then extends the file's `default`.
    ///
    /// ```
    /// use podwright_core::profile::file::ConfigurationFile;
    ///
    /// let head = "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\n";
    /// let batch = "profiles:\n  batch: {extends: default, preStopSleep: false}\n";
    /// let file = ConfigurationFile::parse(&format!("{head}{batch}"))?;
    /// assert_eq!(file.configuration().profile_names().collect::<Vec<_>>(), ["batch", "default", "web"]);
    ///
    /// let batch = "profiles:\n  batch: {preStopSleep: soon}\n";
    /// let problems = ConfigurationFile::parse(&format!("{head}{batch}")).unwrap_err();
    /// let line = &problems.lines("config.yaml")[0];
    /// assert!(line.starts_with("config.yaml:4:25: profiles.batch.preStopSleep: invalid duration \"soon\""), "{line}");
    /// # Ok::<(), podwright_core::profile::file::Problems>(())
    /// ```
    ///
    /// # Errors
    /// All problems of the file, or only the first syntax error.
    pub fn parse(text: &str) -> Result<Self, Problems> {
        let (built_in, _) = &*PARSED;
        let mut problems = Problems::default();
        let document = Self::of(TopLevelFields::parse(text, &mut problems).over(built_in), &mut problems);
        problems.none_or(document)
    }

    /// Returns the built-in configuration.
    pub fn built_in() -> &'static Self {
        let (_, document) = &*PARSED;
        document
    }

    /// Returns the configuration.
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// Returns the warnings, such as settings without effect on most Pods.
    pub fn warnings(&self) -> &Problems {
        &self.warnings
    }

    fn of(top: TopLevelFields, problems: &mut Problems) -> Self {
        let profiles = extends::resolve(&top.profiles, problems);
        let configuration = Configuration {
            profiles: profiles.iter().map(|(name, profile)| (name.clone(), profile.settings())).collect(),
            exclude_containers: top.exclude_containers.unwrap_or_default(),
            owner_kinds: top.owner_kinds.unwrap_or_default(),
            on_invalid_annotation: top.on_invalid_annotation.unwrap_or_default(),
            pre_stop_action: top.pre_stop_action.unwrap_or_default(),
            injected_label: top.injected_label.unwrap_or_default(),
        };
        extends::contradictions(&top.profiles, &configuration, problems);
        let warnings = warnings::warnings(&top.profiles, &configuration);
        Self { configuration, profiles, warnings }
    }
}

impl Default for Configuration {
    /// Returns the built-in configuration.
    fn default() -> Self {
        ConfigurationFile::built_in().configuration().clone()
    }
}
