//! The configuration file: YAML or JSON in, a [`Document`] or everything that is wrong with it out.
//!
//! Never opens a file. A value is turned into the annotation's text and read by the same code as an annotation, so what a
//! setting means is known in one place; the fields, too, are those of the table of keys.

mod doubts;
mod fields;
mod inherit;
mod node;
mod owner_kind;
mod problem;
mod schema;
mod settings;
mod show;
mod top;

pub use node::BYTES;
pub use problem::{Place, Problem, Problems};
pub use schema::schema;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use inherit::Resolved;
use top::Top;

use super::configuration::Configuration;

/// `apiVersion`
pub const API_VERSION: &str = "podwright.dev/v1alpha1";
/// `kind`
pub const KIND: &str = "Configuration";

/// The built-in configuration, as a file.
pub const BUILT_IN: &str = include_str!("../built_in.yaml");

/// A configuration, with the words in which its profiles are written.
#[derive(Clone, Debug)]
pub struct Document {
    configuration: Configuration,
    profiles: BTreeMap<String, Resolved>,
    doubts: Problems,
}

/// What the built-in file says, and what it comes to. What were not understood in it would be left out; a test sees to it
/// that nothing is.
static PARSED: LazyLock<(Top, Document)> = LazyLock::new(|| {
    let mut problems = Problems::default();
    let top = Top::parse(BUILT_IN, &mut problems);
    (top.clone().built_in(), Document::of(top, &mut problems))
});

impl Document {
    /// Reads a file, laid over the built-in configuration: a profile of the same name is replaced, and `web` extends
    /// whichever `default` there is then.
    ///
    /// # Errors
    /// Everything that is wrong with it; where it is no YAML, the place at which that shows.
    pub fn parse(text: &str) -> Result<Self, Problems> {
        let (built_in, _) = &*PARSED;
        let mut problems = Problems::default();
        let document = Self::of(Top::parse(text, &mut problems).over(built_in), &mut problems);
        problems.none_or(document)
    }

    /// The configuration that serves where no file is given.
    pub fn built_in() -> &'static Self {
        let (_, document) = &*PARSED;
        document
    }

    /// What podwright runs with.
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// What is doubtful about it, and no reason to refuse it: settings that do nothing to most Pods.
    pub fn doubts(&self) -> &Problems {
        &self.doubts
    }

    fn of(top: Top, problems: &mut Problems) -> Self {
        let profiles = inherit::resolve(&top.profiles, problems);
        let configuration = Configuration {
            profiles: profiles.iter().map(|(name, profile)| (name.clone(), profile.settings())).collect(),
            exclude_containers: top.exclude_containers.unwrap_or_default(),
            owner_kinds: top.owner_kinds.unwrap_or_default(),
            on_invalid_annotation: top.on_invalid_annotation.unwrap_or_default(),
            pre_stop_action: top.pre_stop_action.unwrap_or_default(),
        };
        inherit::contradictions(&top.profiles, &configuration, problems);
        let doubts = doubts::doubts(&top.profiles, &configuration);
        Self { configuration, profiles, doubts }
    }
}

#[cfg(test)]
mod tests;
