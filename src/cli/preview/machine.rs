//! `--output json`, `patch` and `report`: for machines.

use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::Error;
use crate::cli::fitting::{Fate, Fitted};
use crate::inject::Guess;
use crate::manifest::Document;
use crate::profile::Source;

/// Which object it is about, in each line of `--output patch` and each entry of the report.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reference<'f> {
    file: &'f str,
    line: usize,
    api_version: &'f str,
    kind: &'f str,
    namespace: &'f str,
    name: &'f str,
}

impl<'f> Reference<'f> {
    fn of(fitted: &'f Fitted<'_>) -> Self {
        Self {
            file: fitted.file,
            line: fitted.object.line,
            api_version: &fitted.object.api_version,
            kind: &fitted.object.kind,
            namespace: fitted.namespace,
            name: &fitted.object.name,
        }
    }
}

/// A document's objects as they will be, as JSON.
pub(super) fn json_of(document: &Document<'_>, objects: &[Fitted<'_>]) -> Result<String, Error> {
    let patches: Vec<_> = objects.iter().filter_map(|fitted| Some((fitted.object, fitted.patch()?))).collect();
    pretty(&document.patched(&patches)?)
}

/// JSON as people read it, which is YAML as well.
pub(super) fn pretty(value: &Value) -> Result<String, Error> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

/// A line for each object that changes: which one, and the patch against it (RFC 6902).
pub(super) fn patches(all: &[Fitted<'_>]) -> Result<String, Error> {
    let mut text = String::new();
    for fitted in all {
        let Some(patch) = fitted.patch() else { continue };
        let object = serde_json::to_string(&Reference::of(fitted))?;
        // The patch is JSON already.
        let patch = String::from_utf8_lossy(patch.as_json());
        text += &format!("{{\"object\":{object},\"patch\":{patch}}}\n");
    }
    Ok(text)
}

/// Everything that is known of each object.
pub(super) fn report(all: &[Fitted<'_>]) -> Result<String, Error> {
    let objects = all.iter().map(of_object).collect::<Result<Vec<_>, Error>>()?;
    let report = json!({"apiVersion": "podwright.dev/v1alpha1", "kind": "Report", "objects": objects});
    Ok(serde_json::to_string_pretty(&report)? + "\n")
}

fn of_object(fitted: &Fitted<'_>) -> Result<Value, Error> {
    let mut object = serde_json::to_value(Reference::of(fitted))?;
    let (result, lines) = match &fitted.fate {
        Fate::Fitted(injection) => {
            (if injection.patch.is_some() { "fitted" } else { "unchanged" }, injection.report.lines.as_slice())
        }
        Fate::Denied(_) => ("denied", &[][..]),
        Fate::NotSent(_) => ("notSent", &[][..]),
        Fate::Passed => ("passed", &[][..]),
        Fate::Odd(_) => ("unreadable", &[][..]),
    };
    let entries: Vec<Value> = lines.iter().map(entry).collect();
    if let Some(object) = object.as_object_mut() {
        object.insert("result".to_owned(), json!(result));
        object.insert("entries".to_owned(), json!(entries));
        object.insert("findings".to_owned(), fitted.findings.iter().map(finding).collect());
        if let Fate::NotSent(why) = fitted.fate {
            object.insert("why".to_owned(), json!(why));
        }
    }
    Ok(object)
}

/// What became of a wish. `container` and `item` are absent where it is about the Pod, or has no parts.
fn entry(line: &crate::inject::ReportLine) -> Value {
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

/// A port that was guessed, and how.
fn of_guess(guess: Guess) -> Value {
    json!({"probe": guess.field, "handler": guess.handler, "port": guess.port, "how": guess.how()})
}

fn finding(finding: &crate::cli::fitting::Finding) -> Value {
    json!({"line": finding.line, "column": finding.column, "level": finding.level.as_str(), "reason": finding.code, "message": finding.message})
}
