//! The log format SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>), with the parts that code
//! scanning reads.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cli::analysis::Finding;
use crate::cli::reasons;

/// The log's schema.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Formats a log with one run.
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

/// Formats a code's reason and remedy.
fn rule(code: &str) -> Value {
    match reasons().map(|(_, reason)| reason).find(|reason| reason.code == code) {
        Some(reason) => json!({
            "id": code,
            "shortDescription": {"text": reason.sentence},
            "help": {"text": reason.remedy},
        }),
        None => json!({"id": code}),
    }
}

fn result(finding: &Finding) -> Value {
    let region = json!({"startLine": finding.line, "startColumn": finding.column});
    let place = json!({"physicalLocation": {"artifactLocation": {"uri": uri(&finding.file)}, "region": region}});
    json!({"ruleId": finding.code, "level": finding.level.as_str(), "message": {"text": finding.message}, "locations": [place]})
}

/// Formats a relative reference (RFC 3986): escapes all characters except unreserved ones and slashes.
fn uri(file: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    file.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
