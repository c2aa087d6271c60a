//! `podwright lint`: the findings in manifests, in the formats that editors and CI read.

mod guesses;
mod sarif;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use super::analysis::{AnalysisOptions, Finding, Level, by_place, exit_code, parse};
use super::error::Error;
use super::io::{Glob, input, output::print};

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
    exclude: Vec<Glob>,

    #[command(flatten)]
    options: AnalysisOptions,

    /// How to say it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: FindingFormat,

    /// Exit with 1 where there is a warning
    #[arg(long)]
    fail_on_warning: bool,

    /// Show each port that podwright guessed, and why it left out a profile's probe
    #[arg(long)]
    explain_guesses: bool,
}

/// The format of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum FindingFormat {
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
        let configuration = self.options.configuration()?;
        let inputs = input::read_all(&self.inputs, &self.exclude);
        let files = parse(&inputs.files);
        let mut all = self.options.analyze(&files.parsed, &configuration)?;
        for object in &mut all {
            object.findings.extend(object.status.take());
            object.findings.sort_by_key(by_place);
        }
        let guesses = if self.explain_guesses { guesses::of(&all) } else { Vec::new() };
        let found = files.errors.iter().chain(all.iter().flat_map(|object| &object.findings));
        let found: Vec<&Finding> = found.chain(&guesses).collect();
        print(&self.text(&found)?)?;
        inputs.report_errors()?;
        files.report_passed_over()?;
        Ok(exit_code(&all, !inputs.errors.is_empty() || !files.errors.is_empty(), self.fail_on_warning))
    }

    fn text(&self, found: &[&Finding]) -> serde_json::Result<String> {
        match self.format {
            FindingFormat::Text => Ok(found.iter().map(|finding| text(finding)).collect()),
            FindingFormat::Github => Ok(found.iter().map(|finding| github(finding)).collect()),
            FindingFormat::Sarif => sarif::of(found),
        }
    }
}

fn text(finding: &Finding) -> String {
    let Finding { file, line, column, level, code, message } = finding;
    format!("{file}:{line}:{column}: {}: {message} [{code}]\n", level.as_str())
}

/// Writes `::error file=...,line=...::...`, escaped as GitHub's own toolkit does.
fn github(finding: &Finding) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let Finding { file, line, column, level, code, message } = finding;
    let level = if *level == Level::Note { "notice" } else { level.as_str() };
    let mut command = format!("::{level} file={},line={line},col={column}", property(file));
    let _ = writeln!(command, ",title={}::{}", property(&format!("podwright {code}")), data(message));
    command
}
