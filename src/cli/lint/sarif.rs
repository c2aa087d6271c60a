//! The log format SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>), as far as code scanning reads it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::admission::reasons;
use crate::cli::analysis::{Finding, GUESSED, INVALID};

/// The schema that the log names.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Writes a log with one run.
pub(super) fn of(found: &[&Finding]) -> serde_json::Result<String> {
    let codes: BTreeSet<&str> = found.iter().map(|finding| finding.code.as_str()).collect();
    let driver = json!({
        "name": "podwright",
        "version": env!("CARGO_PKG_VERSION"),
        "rules": codes.into_iter().map(rule).collect::<Vec<_>>(),
    });
    let results: Vec<Value> = found.iter().map(|finding| result(finding)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    });
    Ok(serde_json::to_string_pretty(&log)? + "\n")
}

/// Describes a code by its reason and remedy.
fn rule(code: &str) -> Value {
    let reason = reasons().map(|(_, reason)| reason).find(|reason| reason.code == code);
    match reason {
        Some(reason) => json!({
            "id": code,
            "shortDescription": {"text": reason.sentence},
            "help": {"text": reason.remedy},
        }),
        None if code == INVALID => json!({
            "id": code,
            "shortDescription": {"text": "an annotation cannot be understood, and the Pod would be denied"},
            "help": {"text": "The message says what was expected; `podwright explain KEY` has the rules of the key."},
        }),
        None if code == GUESSED => json!({
            "id": code,
            "shortDescription": {"text": "a profile's probe names no port, so podwright guessed one"},
            "help": {"text": "If the guess is wrong, name the port in an annotation on the Pod, such as http:8080/ready. docs/profiles.md has the rules."},
        }),
        None => json!({"id": code, "shortDescription": {"text": "it cannot be read as a manifest"}}),
    }
}

fn result(finding: &Finding) -> Value {
    let region = json!({"startLine": finding.line, "startColumn": finding.column});
    let place = json!({"physicalLocation": {"artifactLocation": {"uri": uri(&finding.file)}, "region": region}});
    json!({"ruleId": finding.code, "level": finding.level.as_str(), "message": {"text": finding.message}, "locations": [place]})
}

/// Writes a relative reference (RFC 3986): escapes all but unreserved characters and slashes.
fn uri(file: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    file.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
