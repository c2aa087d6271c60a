//! `podwright config`: the configuration file before it is used, and what there is without one.

use std::io::{Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Error, UNREADABLE, WRONG, input};
use crate::profile::Configuration;
use crate::profile::file::{self, ConfigurationFile};

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
    Check(Check),
    /// Print the configuration that is in force with a file, every profile with what it takes from others
    Show {
        /// The file; without one, what is built in
        file: Option<PathBuf>,
    },
    /// Print the JSON schema of the file
    Schema,
}

#[derive(Debug, Args)]
struct Check {
    /// The file, YAML or JSON; - for standard input
    file: PathBuf,

    /// Exit with 1 where there is a warning
    #[arg(long)]
    fail_on_warning: bool,
}

impl Config {
    /// Prints what was asked for.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let printed = match &self.what {
            What::Schema => Ok(serde_json::to_string_pretty(&file::schema())? + "\n"),
            What::Show { file: None } => Ok(serde_saphyr::to_string(ConfigurationFile::built_in())?),
            What::Show { file: Some(file) } => match document(file) {
                Ok(document) => Ok(serde_saphyr::to_string(&document)?),
                Err(refused) => Err(refused),
            },
            What::Check(check) => return check.run(),
        };
        match printed {
            Ok(text) => stdout().lock().write_all(text.as_bytes()).map(|()| ExitCode::SUCCESS).map_err(Error::from),
            Err(refused) => refused.tell(),
        }
    }
}

impl Check {
    /// Says what is doubtful about a file that can be used, and that it can be.
    fn run(&self) -> Result<ExitCode, Error> {
        let shown = input::shown(&self.file);
        let warnings = match document(&self.file) {
            Ok(document) => document.warnings().warning_lines(&shown),
            Err(refused) => return refused.tell(),
        };
        warnings.iter().try_for_each(|warning| writeln!(stderr(), "{warning}"))?;
        if self.fail_on_warning && !warnings.is_empty() {
            return Ok(ExitCode::from(WRONG));
        }
        writeln!(stdout(), "{shown}: ok")?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Why a file gives no configuration.
pub(super) struct Refused {
    code: u8,
    lines: String,
}

impl Refused {
    /// Because of a flag.
    pub(super) fn usage(sentence: String) -> Self {
        Self { code: UNREADABLE, lines: format!("error: {sentence}") }
    }

    /// Says why, and gives the exit code.
    pub(super) fn tell(self) -> Result<ExitCode, Error> {
        writeln!(stderr(), "{}", self.lines)?;
        Ok(ExitCode::from(self.code))
    }
}

/// The file's configuration, or the built-in one where none is given.
pub(super) fn configuration(file: Option<&Path>) -> Result<Configuration, Refused> {
    file.map_or_else(|| Ok(Configuration::default()), |file| Ok(document(file)?.configuration().clone()))
}

fn document(file: &Path) -> Result<ConfigurationFile, Refused> {
    let unread = |error: Error| Refused { code: UNREADABLE, lines: format!("error: {error}") };
    let text = input::read(file, "a Configuration, YAML or JSON,").map_err(unread)?;
    let broken = |problems: file::Problems| problems.lines(&input::shown(file)).join("\n");
    ConfigurationFile::parse(&text).map_err(|problems| Refused { code: WRONG, lines: broken(problems) })
}
