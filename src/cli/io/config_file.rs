//! The configuration file (`--config`).

use std::path::Path;

use super::input;
use crate::cli::error::Error;
use crate::profile::Configuration;
use crate::profile::file::Document;

/// Reads the configuration from a file; the built-in one where none is given.
pub(in crate::cli) fn configuration(file: Option<&Path>) -> Result<Configuration, Error> {
    file.map_or_else(|| Ok(Configuration::default()), |file| Ok(document(file)?.configuration().clone()))
}

/// Reads the file with the places in it.
pub(in crate::cli) fn document(file: &Path) -> Result<Document, Error> {
    let text = input::read(file, "a Configuration, YAML or JSON,");
    let text = text.map_err(|error| Error::Unreadable(error.to_string()))?;
    Document::parse(&text).map_err(|problems| Error::Problems(problems.lines(&input::shown(file))))
}
