//! The log format SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>), with the parts that code
//! scanning reads.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Output;
use crate::cli::io::pages;
use crate::cli::lint::identity::checkout_path;
use crate::cli::lint::report::Reported;
use crate::cli::reasons;

/// The log's schema.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Formats a log with one run.
pub(super) fn of(Output { report, unread, .. }: Output<'_>) -> serde_json::Result<String> {
    let codes: BTreeSet<&str> = report.findings.iter().map(|reported| reported.finding.code.as_str()).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let driver = json!({
        "name": "podwright",
        "informationUri": env!("CARGO_PKG_HOMEPAGE"),
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": codes.iter().map(|code| rule(code)).collect::<Vec<_>>(),
    });
    let results: Vec<Value> = report.findings.iter().map(|reported| result(reported, &codes)).collect();
    let notifications: Vec<Value> =
        unread.iter().map(|error| json!({"level": "error", "message": {"text": error.to_string()}})).collect();
    let invocation =
        json!({"executionSuccessful": notifications.is_empty(), "toolExecutionNotifications": notifications});
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver},
            "invocations": [invocation],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    Ok(serde_json::to_string_pretty(&log)? + "\n")
}

/// Formats a code's reason, its remedy and the address of its page.
fn rule(code: &str) -> Value {
    let page = pages::of_code(code);
    match reasons().map(|(_, reason)| reason).find(|reason| reason.code == code) {
        Some(reason) => json!({
            "id": code,
            "name": code,
            "shortDescription": {"text": reason.sentence},
            "help": {"text": reason.remedy, "markdown": format!("{} [{code}]({page})", reason.remedy)},
            "helpUri": page,
        }),
        None => json!({"id": code, "name": code, "helpUri": page}),
    }
}

fn result(Reported { finding, object, identity, fingerprint }: &Reported<'_>, codes: &[&str]) -> Value {
    let region = json!({"startLine": finding.line, "startColumn": finding.column});
    let mut place = json!({"physicalLocation": {"artifactLocation": {"uri": uri(&checkout_path(&identity.file))}, "region": region}});
    if let Some((object, place)) = object.zip(place.as_object_mut()) {
        let name = json!([{"fullyQualifiedName": object.title(), "kind": "resource"}]);
        place.insert("logicalLocations".to_owned(), name);
    }
    json!({
        "ruleId": finding.code,
        "ruleIndex": codes.binary_search(&finding.code.as_str()).unwrap_or_default(),
        "level": finding.level.as_str(),
        "message": {"text": finding.message},
        "locations": [place],
        "partialFingerprints": {"podwrightFinding/v1": fingerprint},
    })
}

/// Formats a relative reference (RFC 3986): escapes all characters except unreserved ones and slashes.
fn uri(file: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    file.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
