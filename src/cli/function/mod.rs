//! `podwright fn`: the KRM function (<https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md>).
//!
//! It reads a ResourceList and answers with one. Items that do not change keep their text. Its verdicts are those of `preview`.

mod function_config;
mod resource_list;
mod results;

use std::io::{Write as _, stderr};
use std::process::ExitCode;

use serde_json::Value;

use super::analysis::{AnalysisOptions, AnalyzedObject, Level, ManifestFile, StatusAnnotation};
use super::error::{Error, WRONG};
use super::io::output::print;
use super::preview::WRITTEN_ANEW;
use crate::profile::Configuration;
use function_config::FunctionConfig;
pub(super) use function_config::REASON;
use resource_list::ResourceList;
use results::ResultItem;

/// Inject a ResourceList, as a KRM function for kustomize and kpt
///
/// Reads a ResourceList on standard input, injects its items as the webhook would, and writes it to standard output. A podwright
/// Configuration may be its functionConfig. Errors and warnings are in the field results, and on standard error. Writes no status
/// annotation, so the output does not change with podwright's version.
///
/// Exit codes: 0 injected; 1 an error, or a warning with --fail-on-warning, and no item is changed; 2 unreadable input or invalid
/// flag.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  # Inject the output of kustomize: examples/kustomize-function has the files
  kustomize build --enable-alpha-plugins --enable-exec examples/kustomize-function/exec

  # Inject a folder with kpt
  kpt fn eval manifests/ --exec 'podwright fn'

  # Inject plain manifests, such as a rendered chart
  helm template my-chart | podwright preview -o yaml --no-status")]
pub(super) struct Function {
    #[command(flatten)]
    options: AnalysisOptions,

    /// Exit with 1 if there is a warning
    #[arg(long)]
    fail_on_warning: bool,
}

/// The answer to a ResourceList.
struct Answer {
    /// The ResourceList with injected items, or as it was.
    text: String,
    results: Vec<ResultItem>,
    failed: bool,
}

impl Function {
    /// Answers the ResourceList on standard input.
    pub(super) fn run(mut self) -> Result<ExitCode, Error> {
        let input = resource_list::standard_input()?;
        let files = [resource_list::parse(&input)?];
        let [file] = &files;
        let list = ResourceList::find(file)?;
        let answer = match self.configuration(list.function_config())? {
            Ok(configuration) => self.inject(&list, &files, &configuration)?,
            Err(results) => Answer { text: list.text().to_owned(), results, failed: true },
        };
        let results: Vec<Value> = answer.results.iter().map(ResultItem::value).collect();
        print(&resource_list::with_results(&answer.text, &results)?)?;
        report(&answer.results)?;
        Ok(if answer.failed { ExitCode::from(WRONG) } else { ExitCode::SUCCESS })
    }

    /// Reads the configuration from functionConfig or `--config`; the inner error has the results about an invalid functionConfig.
    fn configuration(&mut self, value: Option<&Value>) -> Result<Result<Configuration, Vec<ResultItem>>, Error> {
        let Some(value) = value else { return self.options.configuration().map(Ok) };
        if self.options.has_config() {
            return Err(Error::Unreadable(
                "two configurations, the functionConfig and --config; expected one of them, such as only the functionConfig"
                    .to_owned(),
            ));
        }
        Ok(match FunctionConfig::read(value) {
            Ok(FunctionConfig { configuration, namespace_profile }) => {
                self.options.default_namespace_profile(namespace_profile);
                self.options.check_profile(&configuration)?;
                Ok(configuration)
            }
            Err(results) => Err(results),
        })
    }

    fn inject(
        &self,
        list: &ResourceList<'_>,
        files: &[ManifestFile<'_>],
        configuration: &Configuration,
    ) -> Result<Answer, Error> {
        let mut all = self.options.analyze(files, configuration, StatusAnnotation::Omitted)?;
        all.iter_mut().for_each(AnalyzedObject::report_status);
        let found = all.iter().flat_map(|object| object.findings.iter().map(move |finding| (object, finding)));
        let results: Vec<ResultItem> = found.map(|(object, finding)| list.result(object, finding)).collect();
        let fatal = if self.fail_on_warning { Level::Warning } else { Level::Error };
        let failed = results.iter().any(|result| result.level >= fatal);
        let text = if failed { list.text().to_owned() } else { injected(list, &all)? };
        Ok(Answer { text, results, failed })
    }
}

/// Returns the ResourceList with its items' patches.
fn injected(list: &ResourceList<'_>, all: &[AnalyzedObject<'_>]) -> Result<String, Error> {
    let patches: Vec<_> = all.iter().filter_map(|object| Some((object.object, object.patch()?))).collect();
    let edited = list.document().edited(&patches)?;
    if edited.anew {
        writeln!(stderr(), "Warning: {WRITTEN_ANEW}")?;
    }
    Ok(list.with(edited.text))
}

/// Prints the results to standard error, because kustomize shows no field `results`.
fn report(results: &[ResultItem]) -> std::io::Result<()> {
    let mut stderr = stderr().lock();
    results.iter().try_for_each(|result| writeln!(stderr, "{result}"))
}
