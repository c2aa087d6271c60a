//! `podwright preview`: what the webhook would do to manifests, without a cluster and by the same code.

mod account;
mod diff;
mod joined;
mod machine;

use std::io::{IsTerminal, Write, stderr, stdin};
use std::path::PathBuf;
use std::process::ExitCode;

use super::fitting::{By, Finding, Fitted, Level, Read, exit_code, read};
use super::paint::{Paint, When, width};
use super::{Error, input, print};
use crate::manifest::{Document, Edited};
use account::Style;

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
    exclude: Vec<input::Glob>,

    #[command(flatten)]
    by: By,

    /// What to print
    #[arg(long, short, value_enum, default_value_t, value_name = "FORM")]
    output: Output,

    /// When to use colours
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: When,

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
    /// Prints what was asked for.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let configuration = match self.by.configuration() {
            Ok(configuration) => configuration,
            Err(refused) => return refused.tell(),
        };
        let (inputs, unread) = input::read_all(&self.paths()?, &self.exclude);
        let reads = read(&inputs);
        let all = self.by.fit(&reads.read, &configuration)?;
        print(&self.text(&reads.read, &all)?)?;
        unread.iter().try_for_each(|error| writeln!(stderr(), "error: {error}"))?;
        complain(&reads.unread)?;
        if self.output != Output::Diff {
            complain(all.iter().flat_map(|fitted| &fitted.findings))?;
        }
        reads.tell()?;
        Ok(exit_code(&all, !unread.is_empty() || !reads.unread.is_empty(), self.fail_on_warning))
    }

    /// Standard input where nothing is named, unless that is somebody's keyboard.
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

    fn text(&self, reads: &[Read<'_>], all: &[Fitted<'_>]) -> Result<String, Error> {
        match self.output {
            Output::Patch => machine::patches(all),
            Output::Report => machine::report(all),
            Output::Yaml => joined::yaml(reads, all),
            Output::Json => by_document(reads, all, machine::json_of),
            Output::Diff => {
                let style = Style { paint: Paint::for_stdout(self.color), width: width() };
                let text = by_document(reads, all, |document, objects| {
                    Ok(diff::of_document(document, objects, edited(document, objects)?.as_ref(), style))
                })?;
                Ok(text + &diff::summary(all))
            }
        }
    }
}

/// Each document with its objects, in their order; those that have none are passed over.
fn by_document(
    reads: &[Read<'_>],
    all: &[Fitted<'_>],
    mut told: impl FnMut(&Document<'_>, &[Fitted<'_>]) -> Result<String, Error>,
) -> Result<String, Error> {
    let mut text = String::new();
    for objects in all.chunk_by(|a, b| a.document == b.document) {
        let place = objects.first().map(|first| first.document);
        let document = place.and_then(|(file, nth)| reads.get(file)?.stream.documents().get(nth));
        text += &document.map_or(Ok(String::new()), |document| told(document, objects))?;
    }
    Ok(text)
}

/// The document's text as it will be, where anything in it changes.
fn edited(document: &Document<'_>, objects: &[Fitted<'_>]) -> Result<Option<Edited>, Error> {
    let patches: Vec<_> = objects.iter().filter_map(|fitted| Some((fitted.object, fitted.patch()?))).collect();
    if patches.is_empty() { Ok(None) } else { Ok(Some(document.edited(&patches)?)) }
}

/// What is said of a document that had to be written anew.
const ANEW: &str = "a patch reaches what an alias or another rare form of YAML stands for, so the document is written anew: \
                    in the author's order, but without its comments and anchors";

/// What is told beside output that has no room for it.
fn complain<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Result<(), Error> {
    let mut stderr = stderr().lock();
    for Finding { file, line, column, level, code, message } in findings {
        // As kubectl writes them.
        let word = if *level == Level::Warning { "Warning" } else { level.as_str() };
        writeln!(stderr, "{word}: {file}:{line}:{column}: {message} [{code}]")?;
    }
    Ok(())
}
