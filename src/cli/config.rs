//! `podwright config`: checks a configuration file, or prints the resulting configuration.

use std::io::{Write, stderr, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::error::{Error, WRONG};
use super::io::config_file::document;
use super::io::input;
use super::io::output::print;
use crate::profile::file::{self, ConfigurationFile};

/// Check or show a configuration, or print its schema
///
/// A configuration defines profiles and how podwright treats invalid annotations. `podwright serve --config` loads it.
///
/// Exit codes: 0 valid; 1 invalid, or a warning with --fail-on-warning; 2 unreadable file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # List all errors and warnings with line and column
  podwright config check examples/configuration.yaml

  # Print the built-in profiles
  podwright config show

  # Let your editor validate and complete the file
  podwright config schema > configuration.schema.json")]
pub(super) struct Config {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List all errors and warnings in a file, or print ok
    Check(ConfigCheck),
    /// Print the resulting configuration, with all inherited profile settings
    Show {
        /// Configuration file [default: the built-in profiles]
        file: Option<PathBuf>,
    },
    /// Print the JSON schema of the file format
    Schema,
}

#[derive(Debug, Args)]
struct ConfigCheck {
    /// Configuration file in YAML or JSON; - reads standard input
    file: PathBuf,

    /// Exit with 1 if there is a warning
    #[arg(long)]
    fail_on_warning: bool,
}

impl Config {
    /// Runs `check`, `show` or `schema`.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let text = match &self.what {
            What::Schema => serde_json::to_string_pretty(&file::schema())? + "\n",
            What::Show { file: None } => serde_saphyr::to_string(ConfigurationFile::built_in())?,
            What::Show { file: Some(file) } => serde_saphyr::to_string(&document(file)?)?,
            What::Check(check) => return check.run(),
        };
        print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl ConfigCheck {
    /// Prints the warnings, and `ok` if the file is usable.
    fn run(&self) -> Result<ExitCode, Error> {
        let shown = input::shown(&self.file);
        let warnings = document(&self.file)?.warnings().warning_lines(&shown);
        warnings.iter().try_for_each(|warning| writeln!(stderr(), "{warning}"))?;
        if self.fail_on_warning && !warnings.is_empty() {
            return Ok(ExitCode::from(WRONG));
        }
        writeln!(stdout(), "{shown}: ok")?;
        Ok(ExitCode::SUCCESS)
    }
}
