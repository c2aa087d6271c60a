//! `--output json`, `patch` and `report`, for machines.

use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::analysis::{AnalyzedObject, Finding, Verdict};
use crate::cli::error::Error;
use crate::inject::{Guess, ReportLine};
use crate::manifest::Document;
use crate::profile::Source;

/// The reference to an object, in `--output patch` and in the report.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reference<'f> {
    file: &'f str,
    line: usize,
    api_version: &'f str,
    kind: &'f str,
    /// Empty for a Namespace.
    #[serde(skip_serializing_if = "str::is_empty")]
    namespace: &'f str,
    name: &'f str,
}

impl<'f> Reference<'f> {
    fn of(analyzed: &'f AnalyzedObject<'_>) -> Self {
        Self {
            file: analyzed.file,
            line: analyzed.object.line,
            api_version: &analyzed.object.api_version,
            kind: &analyzed.object.kind,
            namespace: analyzed.namespace,
            name: &analyzed.object.name,
        }
    }
}

/// Formats a document as JSON, with its objects' patches.
pub(super) fn json_of(document: &Document<'_>, objects: &[AnalyzedObject<'_>]) -> Result<String, Error> {
    let patches: Vec<_> = objects.iter().filter_map(|analyzed| Some((analyzed.object, analyzed.patch()?))).collect();
    pretty(&document.patched(&patches)?)
}

/// Formats indented JSON, which is also YAML.
pub(super) fn pretty(value: &Value) -> Result<String, Error> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

/// Formats a line for each changed object: its reference and its patch (RFC 6902).
pub(super) fn patches(all: &[AnalyzedObject<'_>]) -> Result<String, Error> {
    let mut text = String::new();
    for analyzed in all {
        let Some(patch) = analyzed.patch() else { continue };
        let object = serde_json::to_string(&Reference::of(analyzed))?;
        // The patch is already JSON.
        let patch = String::from_utf8_lossy(patch.as_json());
        text += &format!("{{\"object\":{object},\"patch\":{patch}}}\n");
    }
    Ok(text)
}

/// Formats each object's verdict, entries and findings.
pub(super) fn report(all: &[AnalyzedObject<'_>]) -> Result<String, Error> {
    let objects = all.iter().map(of_object).collect::<Result<Vec<_>, Error>>()?;
    let report = json!({"apiVersion": "podwright.dev/v1alpha1", "kind": "Report", "objects": objects});
    Ok(serde_json::to_string_pretty(&report)? + "\n")
}

fn of_object(analyzed: &AnalyzedObject<'_>) -> Result<Value, Error> {
    let mut object = serde_json::to_value(Reference::of(analyzed))?;
    let result = match &analyzed.verdict {
        Verdict::Injected(injection) if injection.patch.is_some() => "fitted",
        Verdict::Injected(_) => "unchanged",
        Verdict::Denied(_) => "denied",
        Verdict::NotSent(_) => "notSent",
        Verdict::OtherKind => "passed",
        Verdict::Unreadable(_) => "unreadable",
    };
    let entries: Vec<Value> = analyzed.report_lines().iter().map(entry).collect();
    if let Some(object) = object.as_object_mut() {
        object.insert("result".to_owned(), json!(result));
        object.insert("entries".to_owned(), json!(entries));
        object.insert("findings".to_owned(), analyzed.findings.iter().map(finding).collect());
        if let Verdict::NotSent(why) = analyzed.verdict {
            object.insert("why".to_owned(), json!(why));
        }
    }
    Ok(object)
}

/// Formats a setting's outcome. `container` is absent for the Pod itself, `item` for a setting without parts.
fn entry(line: &ReportLine) -> Value {
    let by = match line.by {
        Source::Profile => "profile",
        Source::Pod => "pod",
        Source::Container => "container",
    };
    let mut entry = json!({"feature": line.key, "outcome": line.outcome.as_str(), "by": by});
    let reason = line.outcome.reason();
    let texts = [
        ("container", Some(line.container.as_str())),
        ("item", Some(line.item.as_str())),
        ("reason", reason.map(|reason| reason.code)),
        ("sentence", reason.map(|reason| reason.sentence)),
    ];
    if let Some(entry) = entry.as_object_mut() {
        let there = texts.into_iter().filter_map(|(name, text)| Some((name, text.filter(|text| !text.is_empty())?)));
        entry.extend(there.map(|(name, text)| (name.to_owned(), json!(text))));
        entry.extend(line.outcome.guess().map(|guess| ("guess".to_owned(), of_guess(guess))));
    }
    entry
}

/// Formats a guessed port, and the rule that found it.
fn of_guess(guess: Guess) -> Value {
    json!({"probe": guess.field, "handler": guess.handler, "port": guess.port, "how": guess.how()})
}

fn finding(finding: &Finding) -> Value {
    json!({"line": finding.line, "column": finding.column, "level": finding.level.as_str(), "reason": finding.code, "message": finding.message})
}
