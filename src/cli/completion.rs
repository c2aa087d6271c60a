//! `podwright completion`: scripts for shells, and the answers to these scripts.
//!
//! A script calls podwright for each completion (clap_complete's dynamic engine). So it offers the codes, profiles and contexts that
//! the current podwright and kubeconfig file have.

use std::env;
use std::path::Path;
use std::process::ExitCode;

use clap_complete::env::Shells;
use clap_complete::{CompleteEnv, Shell};

use super::error::Error;
use super::io::output::print;

/// The variable with the shell's name, by which a script asks for completions.
const VARIABLE: &str = "COMPLETE";
/// The program's name in the scripts.
const NAME: &str = "podwright";

/// Print a shell completion script
///
/// The script asks podwright for each completion, so it also completes keys, codes, profiles and kubeconfig contexts. Load it in
/// each new shell: a script from another version may not work.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  # Enable completion in the current shell
  source <(podwright completion bash)

  # Enable it in every new shell
  echo 'source <(podwright completion bash)' >> ~/.bashrc
  echo 'source <(podwright completion zsh)' >> ~/.zshrc
  echo 'podwright completion fish | source' >> ~/.config/fish/config.fish")]
pub(super) struct Completion {
    /// Shell to complete for
    shell: Shell,
}

impl Completion {
    /// Prints the script.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let shells = Shells::builtins();
        let Some(shell) = shells.completer(&self.shell.to_string()) else {
            let known: Vec<&str> = shells.names().collect();
            let text = format!("no completion for {}; expected one of {}, such as bash", self.shell, known.join(", "));
            return Err(Error::new(text));
        };
        let mut script = Vec::new();
        shell.write_registration(VARIABLE, NAME, NAME, &program(), &mut script)?;
        print(&String::from_utf8_lossy(&script))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Returns the program that the script calls: the name, found on `PATH` at each completion, or the path that the user typed.
fn program() -> String {
    let typed = env::args_os().next().unwrap_or_default();
    let is_path = Path::new(&typed).components().count() > 1;
    match env::current_dir() {
        Ok(folder) if is_path => folder.join(&typed).to_string_lossy().into_owned(),
        _ => NAME.to_owned(),
    }
}

/// Answers a completion script, and reports whether one asked.
///
/// # Errors
/// The variable names an unknown shell, or standard output is closed.
pub fn answer(command: fn() -> clap::Command) -> clap::error::Result<bool> {
    let folder = env::current_dir().ok();
    CompleteEnv::with_factory(command).var(VARIABLE).bin(NAME).try_complete(env::args_os(), folder.as_deref())
}
