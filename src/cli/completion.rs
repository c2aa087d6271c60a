//! `podwright completion`: shell completion scripts, generated from the command line's definition.

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap_complete::Shell;

use super::error::Error;

/// Print a shell completion script
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  # Enable completion in the current shell
  source <(podwright completion bash)

  # Enable it permanently
  podwright completion zsh > \"${fpath[1]}/_podwright\"
  podwright completion fish > ~/.config/fish/completions/podwright.fish")]
pub(super) struct Completion {
    /// Shell to complete for
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
