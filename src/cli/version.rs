//! `podwright version`: the same line as `--version`, because users of kubectl type it so.

use std::io::{Write, stdout};
use std::process::ExitCode;

use super::error::Error;

/// Print the version
#[derive(Debug, clap::Args)]
pub(super) struct Version {}

impl Version {
    /// Prints the name and the version.
    pub(super) fn run(&self, command: &clap::Command) -> Result<ExitCode, Error> {
        stdout().lock().write_all(command.render_version().as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
}
