//! `podwright completion` and `podwright man`: what shells and `man` know of the command line, from its own definition.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Error};

/// Print the completion script of a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  # For this shell alone
  source <(podwright completion bash)

  # For good
  podwright completion zsh > \"${fpath[1]}/_podwright\"
  podwright completion fish > ~/.config/fish/completions/podwright.fish")]
pub(super) struct Completion {
    /// Which shell
    shell: Shell,
}

impl Completion {
    /// Prints the script.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "podwright", &mut script);
        stdout().lock().write_all(&script)?;
        Ok(ExitCode::SUCCESS)
    }
}

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
    /// Writes the pages.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let shown = self.out.display();
        let unwritten = |error| Error::new(format!("{shown} (--out): cannot be written: {error}; expected a folder"));
        std::fs::create_dir_all(&self.out)
            .and_then(|()| clap_mangen::generate_to(Cli::command(), &self.out))
            .map_err(unwritten)?;
        Ok(ExitCode::SUCCESS)
    }
}
