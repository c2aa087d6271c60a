//! The configuration file (`--config`).

use std::path::Path;

use super::input;
use crate::annotation::nearest;
use crate::cli::error::Error;
use crate::profile::Configuration;
use crate::profile::file::ConfigurationFile;

/// Reads a configuration file; returns the built-in configuration without one.
pub(in crate::cli) fn configuration(file: Option<&Path>) -> Result<Configuration, Error> {
    file.map_or_else(|| Ok(Configuration::default()), |file| Ok(document(file)?.configuration().clone()))
}

/// Reads a configuration file, with the positions of its fields.
pub(in crate::cli) fn document(file: &Path) -> Result<ConfigurationFile, Error> {
    text_and_document(file).map(|(_, document)| document)
}

/// Reads a configuration file, and returns its text as well.
pub(in crate::cli) fn text_and_document(file: &Path) -> Result<(String, ConfigurationFile), Error> {
    let text = input::read(file, "a podwright Configuration in YAML or JSON");
    let text = text.map_err(|error| Error::Unreadable(error.to_string()))?;
    let document = ConfigurationFile::parse(&text);
    let document = document.map_err(|problems| Error::Problems(problems.lines(&input::shown(file))))?;
    Ok((text, document))
}

/// Checks that the configuration has the profile of `--namespace-profile`.
pub(in crate::cli) fn check_profile(configuration: &Configuration, name: &str) -> Result<(), Error> {
    if configuration.profile(name).is_some() {
        return Ok(());
    }
    let known = configuration.profile_names().collect::<Vec<_>>().join(", ");
    let hint = nearest(name, configuration.profile_names()).map(|meant| format!("; did you mean {meant}?"));
    let hint = hint.unwrap_or_default();
    Err(Error::Unreadable(format!("unknown profile {name:?} (--namespace-profile); expected one of {known}{hint}")))
}
