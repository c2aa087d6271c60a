//! `podwright lint`: findings in manifests, in formats for editors and CI.

mod baseline;
mod formats;
mod guesses;
mod identity;
mod report;
mod rules;

use std::io::{self, Write as _, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::analysis::{AnalysisOptions, AnalyzedObject, StatusAnnotation, exit_code, parse};
use super::error::{Error, UNREADABLE};
use super::io::colors::{ColorChoice, Paint};
use super::io::count::counted;
use super::io::input::{self, Inputs};
use super::io::{Glob, output::print};
use baseline::{Baseline, Run};
use formats::{FindingFormat, Output};
use identity::plain_path;
use report::{Analyzed, Report};
use rules::Rules;

/// List errors and warnings in manifests, one line each
///
/// The webhook denies a Pod with an error. It admits a Pod with a warning, and kubectl prints the warning. Each line ends with a
/// code; `podwright explain CODE` shows the remedy.
///
/// A summary on standard error ends the output.
///
/// Exit codes: 0 no errors; 1 an error, or a warning with --fail-on-warning; 2 an unreadable file or invalid flag, or no Pods
/// with --fail-if-empty.
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

  # Write SARIF for code scanning, or JUnit XML for any CI system
  podwright lint --format sarif manifests/ > podwright.sarif
  podwright lint --format junit manifests/ > podwright.xml

  # Accept the findings of today, and report only new ones from now on
  podwright lint --baseline podwright-baseline.json --update-baseline manifests/
  podwright lint --baseline podwright-baseline.json --fail-on-warning manifests/")]
pub(super) struct Lint {
    /// Files, folders (with all .yaml, .yml and .json files in them) or - for standard input
    #[arg(value_name = "FILE|DIR|-", required = true)]
    inputs: Vec<PathBuf>,

    /// Skip files and folders by name, or by path if the pattern has a /; can be repeated
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<Glob>,

    #[command(flatten)]
    options: AnalysisOptions,

    #[command(flatten)]
    rules: Rules,

    /// Do not report the findings in this file
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// Write this run's findings to the file of --baseline, and report none
    #[arg(long, requires = "baseline")]
    update_baseline: bool,

    /// Output format
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: FindingFormat,

    /// When to use colours, in the format text
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: ColorChoice,

    /// Exit with 1 if there is a warning
    #[arg(long)]
    fail_on_warning: bool,

    /// Exit with 2 if the files have no Pods and no workloads
    #[arg(long)]
    fail_if_empty: bool,

    /// Also show each guessed port, and why podwright skipped a profile's probe
    #[arg(long)]
    explain_guesses: bool,

    /// Print no notes and no summary
    #[arg(long, short)]
    quiet: bool,
}

impl Lint {
    /// Prints the findings.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let configuration = self.options.configuration()?;
        let mut inputs = input::read_all(&self.inputs, &self.exclude);
        self.leave_out_baseline(&mut inputs);
        let files = parse(&inputs.files);
        let mut all = self.options.analyze(&files.parsed, &configuration, StatusAnnotation::Written)?;
        all.iter_mut().for_each(AnalyzedObject::report_status);
        let is_unconcerned = !all.iter().any(AnalyzedObject::is_concerned);
        if self.explain_guesses {
            guesses::report(&mut all);
        }
        let mut report = Report::new(Analyzed { files: &files.errors, objects: &all }, &self.rules);
        let baseline = self.apply_baseline(&inputs, &mut report)?;
        let (paint, fail_on_warning) = (Paint::for_stdout(self.color), self.fail_on_warning);
        print(&Output { report: &report, unread: &inputs.errors, paint, fail_on_warning }.text(self.format)?)?;
        inputs.report_errors()?;
        if !self.quiet {
            files.report_passed_over()?;
            if is_unconcerned {
                self.options.report_unconcerned(&all)?;
            }
            baseline.into_iter().try_for_each(|note| writeln!(stderr(), "note: {note}"))?;
            report.print_summary()?;
        }
        if self.fail_if_empty && report.with_pods() == 0 {
            return Ok(of_no_pods()?);
        }
        let unread = inputs.has_errors() || files.has_errors() || all.iter().any(AnalyzedObject::is_unreadable);
        Ok(exit_code(report.findings.iter().map(|reported| reported.finding), unread, fail_on_warning))
    }

    /// Leaves out the baseline itself, which may be in a folder with manifests.
    fn leave_out_baseline(&self, inputs: &mut Inputs) {
        let Some(baseline) = self.baseline.as_deref().and_then(|file| file.canonicalize().ok()) else { return };
        inputs.files.retain(|input| Path::new(&input.name).canonicalize().ok().as_ref() != Some(&baseline));
    }

    /// Writes the baseline, or removes its findings from the report. Returns a note about it.
    fn apply_baseline(&self, inputs: &Inputs, report: &mut Report<'_>) -> Result<Option<String>, Error> {
        let Some(file) = &self.baseline else { return Ok(None) };
        let shown = input::shown(file);
        let found = report.found();
        let files = inputs.files.iter().map(|input| plain_path(&input.name)).collect();
        let run = Run { found: &found, files, reports: &|code| self.rules.report(code) };
        let mut baseline =
            if self.update_baseline && !file.exists() { Baseline::default() } else { Baseline::read(file)? };
        let gone = baseline.gone(&run);
        if self.update_baseline {
            baseline = baseline.updated(&run);
            baseline.write(file)?;
        }
        report.hide(&baseline, &found);
        Ok(match gone {
            _ if self.update_baseline => Some(format!("wrote {} to {shown}", counted(baseline.len(), "finding"))),
            0 => None,
            gone => Some(format!(
                "{} of {shown} no longer found; to remove them from the file, add --update-baseline",
                counted(gone, "finding")
            )),
        })
    }
}

fn of_no_pods() -> io::Result<ExitCode> {
    writeln!(stderr(), "error: no Pods and no workloads in these files (--fail-if-empty); expected at least one")?;
    Ok(ExitCode::from(UNREADABLE))
}
