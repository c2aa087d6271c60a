//! The file as a whole: parsed, laid over the built-in configuration, and what comes of it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::extends::{self, ResolvedProfile};
use super::top_level::TopLevelFields;
use super::{BUILT_IN, Problems, warnings};
use crate::profile::Configuration;

/// A configuration, with the words in which its profiles are written.
#[derive(Clone, Debug)]
pub struct ConfigurationFile {
    pub(super) configuration: Configuration,
    pub(super) profiles: BTreeMap<String, ResolvedProfile>,
    warnings: Problems,
}

/// What the built-in file says, and what it comes to. What were not understood in it would be left out; a test sees to it
/// that nothing is.
static PARSED: LazyLock<(TopLevelFields, ConfigurationFile)> = LazyLock::new(|| {
    let mut problems = Problems::default();
    let top = TopLevelFields::parse(BUILT_IN, &mut problems);
    (top.clone().built_in(), ConfigurationFile::of(top, &mut problems))
});

impl ConfigurationFile {
    /// Reads a file, laid over the built-in configuration: a profile of the same name is replaced, and `web` extends
    /// whichever `default` there is then.
    ///
    /// ```
    /// use podwright_core::profile::file::ConfigurationFile;
    ///
    /// let head = "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\n";
    /// let file = ConfigurationFile::parse(&format!("{head}profiles:\n  batch: {{extends: default, preStopSleep: false}}\n"))?;
    /// assert_eq!(file.configuration().profile_names().collect::<Vec<_>>(), ["batch", "default", "web"]);
    ///
    /// let problems = ConfigurationFile::parse(&format!("{head}profiles:\n  batch: {{preStopSleep: soon}}\n")).unwrap_err();
    /// let line = &problems.lines("config.yaml")[0];
    /// assert!(line.starts_with("config.yaml:4:25: profiles.batch.preStopSleep: \"soon\" is not a duration"), "{line}");
    /// # Ok::<(), podwright_core::profile::file::Problems>(())
    /// ```
    ///
    /// # Errors
    /// All problems of the file; for a text that is no YAML, the position of the first one.
    pub fn parse(text: &str) -> Result<Self, Problems> {
        let (built_in, _) = &*PARSED;
        let mut problems = Problems::default();
        let document = Self::of(TopLevelFields::parse(text, &mut problems).over(built_in), &mut problems);
        problems.none_or(document)
    }

    /// The configuration that serves where no file is given.
    pub fn built_in() -> &'static Self {
        let (_, document) = &*PARSED;
        document
    }

    /// The configuration that podwright runs with.
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// Warnings about a valid file, such as settings that do nothing to most Pods.
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
        };
        extends::contradictions(&top.profiles, &configuration, problems);
        let warnings = warnings::warnings(&top.profiles, &configuration);
        Self { configuration, profiles, warnings }
    }
}

impl Default for Configuration {
    /// The built-in one, which is written as a file: the same grammar, read by the same code.
    fn default() -> Self {
        ConfigurationFile::built_in().configuration().clone()
    }
}
