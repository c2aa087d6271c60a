//! `podwright config`: checks of a configuration file, and the configuration in force.

use std::io::{Write, stderr, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::error::{Error, WRONG};
use super::io::config_file::document;
use super::io::input;
use super::io::output::print;
use crate::profile::file::{self, Document};

/// Check a configuration file, or show the configuration that it comes to
///
/// Exit codes: 0 nothing wrong, 1 the file cannot be used (or, with --fail-on-warning, there is a warning), 2 the file cannot be
/// read.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # Everything that is wrong with a file, each with its line and column
  podwright config check examples/configuration.yaml

  # The built-in profiles
  podwright config show

  # Completion in an editor that knows JSON schemas
  podwright config schema > configuration.schema.json")]
pub(super) struct Config {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say everything that is wrong with a file or doubtful about it, or ok
    Check(ConfigCheck),
    /// Print the configuration that is in force with a file, every profile with what it takes from others
    Show {
        /// The file; without one, what is built in
        file: Option<PathBuf>,
    },
    /// Print the JSON schema of the file
    Schema,
}

#[derive(Debug, Args)]
struct ConfigCheck {
    /// The file, YAML or JSON; - for standard input
    file: PathBuf,

    /// Exit with 1 where there is a warning
    #[arg(long)]
    fail_on_warning: bool,
}

impl Config {
    /// Runs the subcommand's own subcommand.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let text = match &self.what {
            What::Schema => serde_json::to_string_pretty(&file::schema())? + "\n",
            What::Show { file: None } => serde_saphyr::to_string(Document::built_in())?,
            What::Show { file: Some(file) } => serde_saphyr::to_string(&document(file)?)?,
            What::Check(check) => return check.run(),
        };
        print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl ConfigCheck {
    /// Prints the doubts about a usable file, and `ok`.
    fn run(&self) -> Result<ExitCode, Error> {
        let shown = input::shown(&self.file);
        let warnings = document(&self.file)?.doubts().warnings(&shown);
        warnings.iter().try_for_each(|warning| writeln!(stderr(), "{warning}"))?;
        if self.fail_on_warning && !warnings.is_empty() {
            return Ok(ExitCode::from(WRONG));
        }
        writeln!(stdout(), "{shown}: ok")?;
        Ok(ExitCode::SUCCESS)
    }
}
