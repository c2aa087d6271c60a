//! `podwright preview`: the webhook's changes to manifests, by the same code and without a cluster.

mod diff;
mod document;
mod json;
mod object_text;
mod summary;
mod totals;
mod yaml_stream;

use std::io::{IsTerminal, Write, stderr, stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use super::analysis::{
    AnalysisOptions, AnalyzedObject, Finding, Level, ManifestFile, StatusAnnotation, exit_code, parse,
};
use super::error::Error;
use super::io::colors::{ColorChoice, Paint, width};
use super::io::count::grouped;
use super::io::{Glob, input, output::print};
pub(super) use document::WRITTEN_ANEW;
use document::{by_document, edited};
use object_text::Style;

/// The most objects on a terminal without a note about `-o summary`.
const MANY: usize = 50;

/// Preview podwright's changes to manifests, without a cluster
///
/// Injects settings into Pods and into the Pod templates of workloads, as the webhook would. Changes no file. For each object it
/// lists the settings with their outcome (set, kept, adjusted or skipped) and the reason, and shows a diff.
///
/// Exit codes: 0 no errors; 1 an error, or a warning with --fail-on-warning; 2 an unreadable file or invalid flag.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  # Preview a file, a folder, or a rendered chart
  podwright preview deployment.yaml
  podwright preview manifests/
  helm template my-chart | podwright preview -

  # Use your own profiles, as in an opted-in Namespace
  podwright preview --config profiles.yaml --namespace-profile web deployment.yaml

  # List many objects, one line each, with the sum of the added requests
  podwright preview -o summary manifests/

  # Render manifests that stay the same when podwright is upgraded
  podwright preview -o yaml --no-status manifests/ > injected.yaml

  # Compare the injected manifests with the cluster
  podwright preview -o yaml manifests/ | kubectl diff -f -

  # Fail a pipeline on warnings, or select findings from the report
  podwright preview --fail-on-warning --color always manifests/
  podwright preview -o report manifests/ | jq '.objects[].findings[]'")]
pub(super) struct Preview {
    /// Files, folders (with all .yaml, .yml and .json files in them) or - for standard input
    #[arg(value_name = "FILE|DIR|-")]
    inputs: Vec<PathBuf>,

    /// Skip files and folders by name, or by path if the pattern has a /; can be repeated
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<Glob>,

    #[command(flatten)]
    options: AnalysisOptions,

    /// Output format
    #[arg(long, short, value_enum, default_value_t, value_name = "FORM")]
    output: Output,

    /// Leave out the annotation podwright.dev/status, which names podwright's version; an existing one stays
    #[arg(long)]
    no_status: bool,

    /// When to use colours
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: ColorChoice,

    /// Exit with 1 if there is a warning
    #[arg(long)]
    fail_on_warning: bool,
}

/// The output formats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Output {
    /// Settings, outcomes and reasons, and a diff
    #[default]
    Diff,
    /// One line for each object with Pods: settings that are set, kept and skipped, and added requests; then totals
    Summary,
    /// Injected manifests as YAML for kubectl, with your comments; unchanged documents stay as they are
    Yaml,
    /// Injected manifests as a stream of JSON
    Json,
    /// One line for each changed object, with its JSON patch (RFC 6902)
    Patch,
    /// Results, settings and findings of each object, as JSON
    Report,
}

impl Preview {
    /// Prints the changes in the format of `--output`.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let configuration = self.options.configuration()?;
        let inputs = input::read_all(&self.paths()?, &self.exclude);
        let files = parse(&inputs.files);
        let mut all = self.options.analyze(&files.parsed, &configuration, self.status())?;
        if self.no_status {
            all.iter_mut().for_each(AnalyzedObject::report_status);
        }
        self.recommend_summary(&all)?;
        print(&self.text(&files.parsed, &all)?)?;
        inputs.report_errors()?;
        report(&files.errors)?;
        if self.output != Output::Diff {
            report(all.iter().flat_map(|object| &object.findings))?;
        }
        files.report_passed_over()?;
        self.options.report_unconcerned(&all)?;
        let unread = inputs.has_errors() || files.has_errors() || all.iter().any(AnalyzedObject::is_unreadable);
        let findings = all.iter().flat_map(|object| &object.findings);
        Ok(exit_code(findings, unread, self.fail_on_warning))
    }

    fn status(&self) -> StatusAnnotation {
        if self.no_status { StatusAnnotation::Omitted } else { StatusAnnotation::Written }
    }

    /// Names `-o summary` to a reader of a long diff on a terminal.
    fn recommend_summary(&self, all: &[AnalyzedObject<'_>]) -> std::io::Result<()> {
        let shown = all.iter().filter(|object| object.has_pods()).count();
        if self.output != Output::Diff || shown <= MANY || !stdout().is_terminal() {
            return Ok(());
        }
        let shown = grouped(shown);
        writeln!(
            stderr(),
            "note: {shown} objects; to show one line for each of them, use `podwright preview -o summary`"
        )
    }

    /// Returns the named paths, or standard input if there are none and it is not a terminal.
    fn paths(&self) -> Result<Vec<PathBuf>, Error> {
        if !self.inputs.is_empty() {
            return Ok(self.inputs.clone());
        }
        if stdin().is_terminal() {
            return Err(Error::new(
                "no input; expected files, folders or - for standard input, such as `podwright preview web.yaml`",
            ));
        }
        Ok(vec![PathBuf::from("-")])
    }

    fn text(&self, files: &[ManifestFile<'_>], all: &[AnalyzedObject<'_>]) -> Result<String, Error> {
        match self.output {
            Output::Patch => json::patches(all),
            Output::Report => json::report(all),
            Output::Yaml => yaml_stream::yaml(files, all),
            Output::Summary => summary::of(files, all),
            Output::Json => by_document(files, all, json::json_of),
            Output::Diff => {
                let style = Style { paint: Paint::for_stdout(self.color), width: width() };
                let text = by_document(files, all, |document, objects| {
                    Ok(diff::of_document(document, objects, edited(document, objects)?.as_ref(), style))
                })?;
                Ok(text + &totals::counts(all) + &totals::hint(all))
            }
        }
    }
}

/// Prints findings to standard error, for formats without room for them.
fn report<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> std::io::Result<()> {
    let mut stderr = stderr().lock();
    for Finding { file, line, column, level, code, message, .. } in findings {
        // In kubectl's form.
        let word = if *level == Level::Warning { "Warning" } else { level.as_str() };
        writeln!(stderr, "{word}: {file}:{line}:{column}: {message} [{code}]")?;
    }
    Ok(())
}
