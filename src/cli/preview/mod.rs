//! `podwright preview`: the webhook's changes to manifests, without a cluster and by the same code.

mod diff;
mod document;
mod json;
mod object_text;
mod yaml_stream;

use std::io::{IsTerminal, Write, stderr, stdin};
use std::path::PathBuf;
use std::process::ExitCode;

use super::analysis::{AnalysisOptions, AnalyzedObject, Finding, Level, ManifestFile, exit_code, parse};
use super::error::Error;
use super::io::colors::{ColorChoice, Paint, width};
use super::io::{Glob, input, output::print};
use document::{by_document, edited};
use object_text::Style;

/// Show what podwright would do to manifests, before anything is applied
///
/// Reads Pods and the Pod templates of all workloads, YAML or JSON, and fits them as the webhook would; objects of other kinds
/// pass. By default it shows, for each object, what is in force, kept, adjusted and skipped, and why, and the difference that it
/// makes.
///
/// Exit codes: 0 nothing wrong, 1 a Pod would be denied (or, with --fail-on-warning, there is a warning), 2 a file or flag could
/// not be read.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  # What becomes of a file, a folder, and what a chart renders
  podwright preview deployment.yaml
  podwright preview manifests/
  helm template my-chart | podwright preview -

  # With profiles of your own, in a Namespace that opted in
  podwright preview --config profiles.yaml --namespace-profile web deployment.yaml

  # The manifests as they will be, comments and all
  podwright preview -o yaml manifests/ | kubectl diff -f -

  # In a pipeline
  podwright preview --fail-on-warning --color always manifests/
  podwright preview -o report manifests/ | jq '.objects[].findings[]'")]
pub(super) struct Preview {
    /// Files, folders (all .yaml, .yml and .json in them) or - for standard input
    #[arg(value_name = "FILE|DIR|-")]
    inputs: Vec<PathBuf>,

    /// Leave out files and folders by name, or by path if the pattern has a /; can be repeated
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<Glob>,

    #[command(flatten)]
    options: AnalysisOptions,

    /// What to print
    #[arg(long, short, value_enum, default_value_t, value_name = "FORM")]
    output: Output,

    /// When to use colours
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: ColorChoice,

    /// Exit with 1 where there is a warning
    #[arg(long)]
    fail_on_warning: bool,
}

/// The forms of output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Output {
    /// What is done and why, and the difference that it makes
    #[default]
    Diff,
    /// The manifests as they will be, for kubectl; documents that do not change are left as they are
    Yaml,
    /// The same as a stream of JSON
    Json,
    /// A line for each object that changes: which one, and its JSON patch
    Patch,
    /// All that is known of each object, as JSON
    Report,
}

impl Preview {
    /// Prints the changes in the form of `--output`.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let configuration = self.options.configuration()?;
        let inputs = input::read_all(&self.paths()?, &self.exclude);
        let files = parse(&inputs.files);
        let all = self.options.analyze(&files.parsed, &configuration)?;
        print(&self.text(&files.parsed, &all)?)?;
        inputs.report_errors()?;
        report(&files.errors)?;
        if self.output != Output::Diff {
            report(all.iter().flat_map(|object| &object.findings))?;
        }
        files.report_passed_over()?;
        Ok(exit_code(&all, !inputs.errors.is_empty() || !files.errors.is_empty(), self.fail_on_warning))
    }

    /// Returns the named paths; standard input where none are named, unless it is a keyboard.
    fn paths(&self) -> Result<Vec<PathBuf>, Error> {
        if !self.inputs.is_empty() {
            return Ok(self.inputs.clone());
        }
        if stdin().is_terminal() {
            return Err(Error::new(
                "expected files, folders or - for standard input, such as `podwright preview web.yaml`",
            ));
        }
        Ok(vec![PathBuf::from("-")])
    }

    fn text(&self, files: &[ManifestFile<'_>], all: &[AnalyzedObject<'_>]) -> Result<String, Error> {
        match self.output {
            Output::Patch => json::patches(all),
            Output::Report => json::report(all),
            Output::Yaml => yaml_stream::yaml(files, all),
            Output::Json => by_document(files, all, |document, objects| json::json_of(document.value(), objects)),
            Output::Diff => {
                let style = Style { paint: Paint::for_stdout(self.color), width: width() };
                let text = by_document(files, all, |document, objects| {
                    Ok(diff::of_document(document, objects, edited(document, objects)?.as_ref(), style))
                })?;
                Ok(text + &diff::summary(all))
            }
        }
    }
}

/// Prints findings to standard error, beside output that has no room for them.
fn report<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> std::io::Result<()> {
    let mut stderr = stderr().lock();
    for Finding { file, line, column, level, code, message } in findings {
        // As kubectl writes them.
        let word = if *level == Level::Warning { "Warning" } else { level.as_str() };
        writeln!(stderr, "{word}: {file}:{line}:{column}: {message} [{code}]")?;
    }
    Ok(())
}
