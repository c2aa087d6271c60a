//! The configuration file (`--config`).

use std::path::Path;

use super::input;
use crate::cli::error::Error;
use crate::profile::Configuration;
use crate::profile::file::ConfigurationFile;

/// Reads a configuration file; returns the built-in configuration without one.
pub(in crate::cli) fn configuration(file: Option<&Path>) -> Result<Configuration, Error> {
    file.map_or_else(|| Ok(Configuration::default()), |file| Ok(document(file)?.configuration().clone()))
}

/// Reads a configuration file, with the positions of its fields.
pub(in crate::cli) fn document(file: &Path) -> Result<ConfigurationFile, Error> {
    let text = input::read(file, "a podwright Configuration in YAML or JSON");
    let text = text.map_err(|error| Error::Unreadable(error.to_string()))?;
    ConfigurationFile::parse(&text).map_err(|problems| Error::Problems(problems.lines(&input::shown(file))))
}
