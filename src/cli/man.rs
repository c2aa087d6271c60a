//! `podwright man`: manual pages, generated from the command line's definition.

use std::path::PathBuf;
use std::process::ExitCode;

use super::error::Error;

/// Write manual pages, one for each command
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  podwright man --out ~/.local/share/man/man1
  man podwright-preview")]
pub(super) struct Man {
    /// Folder for podwright.1, podwright-preview.1 and the others; created if missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Man {
    /// Writes the manual pages.
    pub(super) fn run(self, command: clap::Command) -> Result<ExitCode, Error> {
        let shown = self.out.display();
        let unwritten = |error| {
            Error::new(format!(
                "cannot write manual pages to {shown} (--out): {error}; expected a writable folder, such as --out man/"
            ))
        };
        std::fs::create_dir_all(&self.out)
            .and_then(|()| clap_mangen::generate_to(command, &self.out))
            .map_err(unwritten)?;
        Ok(ExitCode::SUCCESS)
    }
}
