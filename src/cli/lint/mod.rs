//! `podwright lint`: findings in manifests, in formats for editors and CI.

mod guesses;
mod sarif;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use super::analysis::{AnalysisOptions, AnalyzedObject, Finding, Level, StatusAnnotation, exit_code, parse};
use super::error::Error;
use super::io::{Glob, input, output::print};

/// List errors and warnings in manifests, one line each
///
/// The webhook denies a Pod with an error. It admits a Pod with a warning, and kubectl prints the warning. Each line ends with a
/// code; `podwright explain CODE` shows the remedy.
///
/// Exit codes: 0 no errors; 1 an error, or a warning with --fail-on-warning; 2 an unreadable file or invalid flag.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  # Check all manifests in a folder
  podwright lint manifests/

  # Check a rendered chart, and fail on warnings
  helm template my-chart | podwright lint --fail-on-warning -

  # Show the ports that podwright guesses in an opted-in Namespace
  podwright lint --explain-guesses --namespace-profile web manifests/

  # Annotate a pull request from GitHub Actions
  podwright lint --format github manifests/

  # Write SARIF for code scanning
  podwright lint --format sarif manifests/ > podwright.sarif")]
pub(super) struct Lint {
    /// Files, folders (with all .yaml, .yml and .json files in them) or - for standard input
    #[arg(value_name = "FILE|DIR|-", required = true)]
    inputs: Vec<PathBuf>,

    /// Skip files and folders by name, or by path if the pattern has a /; can be repeated
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<Glob>,

    #[command(flatten)]
    options: AnalysisOptions,

    /// Output format
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: FindingFormat,

    /// Exit with 1 if there is a warning
    #[arg(long)]
    fail_on_warning: bool,

    /// Also show each guessed port, and the reason for each profile's probe that podwright skipped
    #[arg(long)]
    explain_guesses: bool,
}

/// The format of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum FindingFormat {
    /// FILE:LINE:COLUMN: LEVEL: MESSAGE [CODE]
    #[default]
    Text,
    /// Workflow commands, which GitHub Actions shows at the line
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

impl Lint {
    /// Prints the findings.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let configuration = self.options.configuration()?;
        let inputs = input::read_all(&self.inputs, &self.exclude);
        let files = parse(&inputs.files);
        let mut all = self.options.analyze(&files.parsed, &configuration, StatusAnnotation::Written)?;
        all.iter_mut().for_each(AnalyzedObject::report_status);
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

/// Formats `::error file=...,line=...::...`, with the same escapes as GitHub's toolkit.
fn github(finding: &Finding) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let Finding { file, line, column, level, code, message } = finding;
    let level = if *level == Level::Note { "notice" } else { level.as_str() };
    let mut command = format!("::{level} file={},line={line},col={column}", property(file));
    let _ = writeln!(command, ",title={}::{}", property(&format!("podwright {code}")), data(message));
    command
}
