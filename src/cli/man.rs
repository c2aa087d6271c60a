//! `podwright man`: manual pages, from the command line's own definition.

use std::path::PathBuf;
use std::process::ExitCode;

use super::error::Error;

/// Write the manual pages, one for each command
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  podwright man --out ~/.local/share/man/man1
  man podwright-preview")]
pub(super) struct Man {
    /// The folder to write podwright.1, podwright-preview.1 and so on to; it is made where it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Man {
    /// Writes the pages of this command line.
    pub(super) fn run(self, command: clap::Command) -> Result<ExitCode, Error> {
        let shown = self.out.display();
        let unwritten = |error| Error::new(format!("{shown} (--out): cannot be written: {error}; expected a folder"));
        std::fs::create_dir_all(&self.out)
            .and_then(|()| clap_mangen::generate_to(command, &self.out))
            .map_err(unwritten)?;
        Ok(ExitCode::SUCCESS)
    }
}
