//! `--format json`: one object, for scripts.

use serde_json::{Value, json};

use super::Output;
use crate::cli::analysis::{AnalyzedObject, Finding, Level};
use crate::cli::io::pages;
use crate::cli::lint::report::Reported;

/// Formats all findings, and their numbers.
pub(super) fn of(Output { report, unread, .. }: Output<'_>) -> serde_json::Result<String> {
    let findings: Vec<Value> = report.findings.iter().map(finding).collect();
    let json = json!({
        "apiVersion": "podwright.dev/v1alpha1",
        "kind": "LintReport",
        "findings": findings,
        "unreadable": unread.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "summary": {
            "objects": report.objects.len(),
            "withPods": report.with_pods(),
            "errors": report.count(Level::Error),
            "warnings": report.count(Level::Warning),
            "notes": report.count(Level::Note),
            "inBaseline": report.hidden(),
        },
    });
    Ok(serde_json::to_string_pretty(&json)? + "\n")
}

fn finding(Reported { finding, object, identity, fingerprint }: &Reported<'_>) -> Value {
    let Finding { line, column, level, code, key, message, .. } = finding;
    let mut json = json!({
        "file": identity.file,
        "line": line,
        "column": column,
        "level": level.as_str(),
        "code": code,
        "message": message,
        "help": pages::of_code(code),
        "fingerprint": fingerprint,
    });
    if let Some(json) = json.as_object_mut() {
        json.extend((!key.is_empty()).then(|| ("key".to_owned(), json!(key))));
        json.extend(object.map(|object| ("object".to_owned(), reference(object))));
    }
    json
}

fn reference(analyzed: &AnalyzedObject<'_>) -> Value {
    let fields = [
        ("apiVersion", analyzed.object.api_version.as_str()),
        ("kind", &analyzed.object.kind),
        ("namespace", analyzed.namespace),
        ("name", &analyzed.object.name),
    ];
    let fields = fields.into_iter().filter(|(field, text)| *field != "namespace" || !text.is_empty());
    fields.map(|(field, text)| (field.to_owned(), json!(text))).collect()
}
