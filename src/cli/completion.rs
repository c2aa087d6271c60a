//! `podwright completion`: completion scripts of shells, from the command line's own definition.

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap_complete::Shell;

use super::error::Error;

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
    /// Prints the script for this command line.
    pub(super) fn run(self, mut command: clap::Command) -> Result<ExitCode, Error> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "podwright", &mut script);
        stdout().lock().write_all(&script)?;
        Ok(ExitCode::SUCCESS)
    }
}
