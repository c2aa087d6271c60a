//! `podwright preview`: what the webhook would do to a Pod, without a cluster and by the same code.

use std::io::{Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::Value;

use super::input::{self, shown};
use super::{Error, config};
use crate::annotation::fault::shorten;
use crate::inject::{self, Injection, Refused, Root, pod::Pod};
use crate::profile::{OptIn, Source};

/// The exit code where the file cannot be read.
const UNREADABLE: u8 = 2;
/// The exit code where the Pod would be denied.
const DENIED: u8 = 1;

/// Show what podwright would do to a Pod, before anything is applied
///
/// Prints the fitted Pod as YAML, fit for `kubectl apply -f -`; above it, as comments, what was done and why, and the
/// patch that the webhook would answer with. Warnings go to standard error, as kubectl's do.
///
/// Exit codes: 0 nothing wrong, 1 the Pod would be denied (or the configuration cannot be used), 2 a file could not be
/// read.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  # See what becomes of a Pod
  podwright preview examples/web.yaml

  # With profiles of your own
  podwright preview --config examples/configuration.yaml examples/web.yaml

  # See it from standard input
  kubectl run web --image=nginx --dry-run=client -o yaml --annotations=podwright.dev/inject=true | podwright preview -")]
pub(super) struct Preview {
    /// The file with one Pod, YAML or JSON; - for standard input
    file: PathBuf,

    /// The configuration to go by, as `podwright serve --config` takes it [default: what is built in]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Preview {
    /// Prints the fitted Pod.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let configuration = match config::configuration(self.config.as_deref()) {
            Ok(configuration) => configuration,
            Err(refused) => return refused.tell(),
        };
        let document =
            match input::read(&self.file, "one Pod, YAML or JSON,").and_then(|text| only_pod(&self.file, &text)) {
                Ok(document) => document,
                Err(error) => return complain(UNREADABLE, &error.to_string()),
            };
        let json = serde_json::to_vec(&document)?;
        let pod = match Pod::parse(&json) {
            Ok(pod) => pod,
            Err(error) => return complain(UNREADABLE, &format!("{}: not a Pod: {}", shown(&self.file), told(&error))),
        };
        match inject::inject(&pod, OptIn::Pod, &configuration, Root::Pod) {
            Ok(injection) => print(document, &injection),
            Err(Refused::Faults(faults)) => complain(DENIED, &format!("{}: {faults}", shown(&self.file))),
            Err(Refused::Unwritable(error)) => Err(error.into()),
        }
    }
}

/// Without the place, which is one in JSON that nobody has seen.
fn told(error: &serde_json::Error) -> String {
    let told = error.to_string();
    told.rsplit_once(" at line ").map_or(told.clone(), |(told, _)| told.to_owned())
}

fn complain(code: u8, sentence: &str) -> Result<ExitCode, Error> {
    writeln!(stderr(), "error: {sentence}")?;
    Ok(ExitCode::from(code))
}

/// The one Pod of a file, read as kubectl reads it (`0644` is octal) where it has but one meaning.
fn only_pod(file: &Path, text: &str) -> Result<Value, Error> {
    let shown = shown(file);
    let options = serde_saphyr::options! { legacy_octal_numbers: true, with_snippet: false };
    let documents: Vec<Value> = serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|error| Error::new(format!("{shown}: {error}")))?;
    let mut documents = documents.into_iter().filter(|document| !document.is_null());
    match (documents.next(), documents.next()) {
        (Some(document), None) => of_kind_pod(file, document),
        (None, _) => Err(Error::new(format!("{shown}: holds no document; expected one Pod"))),
        (Some(_), Some(_)) => Err(Error::new(format!("{shown}: holds several documents; expected one Pod"))),
    }
}

fn of_kind_pod(file: &Path, document: Value) -> Result<Value, Error> {
    let field = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (version, kind) = (field("apiVersion"), field("kind"));
    if (version.as_str(), kind.as_str()) == ("v1", "Pod") {
        return Ok(document);
    }
    let shown = shown(file);
    Err(Error::new(format!("{shown}: holds a \"{kind}\" of \"{version}\"; expected a Pod of v1")))
}

fn print(mut document: Value, injection: &Injection) -> Result<ExitCode, Error> {
    let mut account = account(injection);
    if let Some(patch) = &injection.patch {
        account.push_str(&patch_lines(patch.as_json())?);
        let operations: json_patch::Patch = serde_json::from_slice(patch.as_json())?;
        json_patch::patch(&mut document, &operations)?;
    }
    let yaml = serde_saphyr::to_string(&document)?;
    stdout().lock().write_all(format!("{account}{yaml}").as_bytes())?;
    let mut stderr = stderr().lock();
    injection.report.warnings.iter().try_for_each(|warning| writeln!(stderr, "Warning: {warning}"))?;
    Ok(ExitCode::SUCCESS)
}

fn account(injection: &Injection) -> String {
    if injection.report.lines.is_empty() {
        return "# Nothing asked for: no annotation of podwright.dev turns anything on.\n".to_owned();
    }
    injection.report.lines.iter().map(|line| format!("# {}\n", sentence(line))).collect()
}

/// `downward-env of web, POD_IP: in force (asked for by the Pod)`
fn sentence(line: &inject::Line) -> String {
    let key = if line.key.is_empty() { "annotation" } else { line.key };
    // Names of containers and keys are the author's, and must not end the comment they stand in.
    let container = if line.container.is_empty() { String::new() } else { format!(" of {}", shorten(&line.container)) };
    let item = if line.item.is_empty() { String::new() } else { format!(", {}", shorten(&line.item)) };
    let by = match line.by {
        Source::Profile => "the profile",
        Source::Pod => "the Pod's annotation",
        Source::Container => "the container's annotation",
    };
    let reason = line.outcome.reason().map(|reason| format!(": {} [{}]", reason.sentence, reason.code));
    format!("{key}{container}{item}: {}, by {by}{}", line.outcome.as_str(), reason.unwrap_or_default())
}

fn patch_lines(json: &[u8]) -> Result<String, Error> {
    let operations: Vec<&serde_json::value::RawValue> = serde_json::from_slice(json)?;
    let lines: Vec<String> = operations.iter().map(|operation| format!("#   {}", operation.get())).collect();
    Ok(format!("# The patch, as the webhook would answer:\n# [\n{}\n# ]\n", lines.join(",\n")))
}
