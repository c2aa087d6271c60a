//! `podwright lint`: only what is wrong or suspicious in manifests, in the forms that editors and CI annotate.

mod guesses;
mod sarif;

use std::fmt::Write as _;
use std::io::{Write, stderr};
use std::path::PathBuf;
use std::process::ExitCode;

use super::fitting::{By, Finding, Level, exit_code, read};
use super::{Error, input, print};

/// Say what is wrong or suspicious in manifests, a line each
///
/// The same as `podwright preview --output report`, for people in a hurry: an error would be denied, a warning is what whoever
/// applies the object is told.
///
/// Exit codes: 0 nothing wrong, 1 a Pod would be denied (or, with --fail-on-warning, there is a warning), 2 a file or flag could
/// not be read.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  # In an editor or a terminal
  podwright lint manifests/

  # The ports that profiles guess in a Namespace that opts in
  podwright lint --explain-guesses --namespace-profile web manifests/

  # Annotations on a pull request
  podwright lint --format github manifests/

  # For GitHub's code scanning, and others that take SARIF
  podwright lint --format sarif manifests/ > podwright.sarif")]
pub(super) struct Lint {
    /// Files, folders (all .yaml, .yml and .json in them) or - for standard input
    #[arg(value_name = "FILE|DIR|-", required = true)]
    inputs: Vec<PathBuf>,

    /// Leave out files and folders by name, or by path if the pattern has a /; can be repeated
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<input::Glob>,

    #[command(flatten)]
    by: By,

    /// How to say it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,

    /// Exit with 1 where there is a warning
    #[arg(long)]
    fail_on_warning: bool,

    /// Show each port that podwright guessed, and why it left out a profile's probe
    #[arg(long)]
    explain_guesses: bool,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// FILE:LINE:COLUMN: error: what is wrong [Code]
    #[default]
    Text,
    /// Workflow commands, which GitHub Actions shows beside the line
    Github,
    /// The Static Analysis Results Interchange Format 2.1.0
    Sarif,
}

impl Lint {
    /// Prints the findings.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let configuration = match self.by.configuration() {
            Ok(configuration) => configuration,
            Err(refused) => return refused.tell(),
        };
        let (inputs, errors) = input::read_all(&self.inputs, &self.exclude);
        let reads = read(&inputs);
        let mut all = self.by.fit(&reads.read, &configuration)?;
        for fitted in &mut all {
            fitted.findings.extend(fitted.status.take());
            fitted.findings.sort_by_key(|finding| (finding.line, finding.column));
        }
        let guesses = if self.explain_guesses { guesses::of(&all) } else { Vec::new() };
        let found = reads.unread.iter().chain(all.iter().flat_map(|fitted| &fitted.findings));
        let found: Vec<&Finding> = found.chain(&guesses).collect();
        print(&self.text(&found)?)?;
        errors.iter().try_for_each(|error| writeln!(stderr(), "error: {error}"))?;
        reads.tell()?;
        Ok(exit_code(&all, !errors.is_empty() || !reads.unread.is_empty(), self.fail_on_warning))
    }

    fn text(&self, found: &[&Finding]) -> Result<String, Error> {
        match self.format {
            Format::Text => Ok(found.iter().map(|finding| text(finding)).collect()),
            Format::Github => Ok(found.iter().map(|finding| github(finding)).collect()),
            Format::Sarif => sarif::of(found),
        }
    }
}

fn text(finding: &Finding) -> String {
    let Finding { file, line, column, level, code, message } = finding;
    format!("{file}:{line}:{column}: {}: {message} [{code}]\n", level.as_str())
}

/// `::error file=...,line=...::...`; what ends a property or the command is escaped as GitHub's own toolkit does.
fn github(finding: &Finding) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let Finding { file, line, column, level, code, message } = finding;
    let level = if *level == Level::Note { "notice" } else { level.as_str() };
    let mut command = format!("::{level} file={},line={line},col={column}", property(file));
    let _ = writeln!(command, ",title={}::{}", property(&format!("podwright {code}")), data(message));
    command
}
