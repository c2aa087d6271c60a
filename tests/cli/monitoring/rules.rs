//! charts/podwright/files/alerts.yaml: a rule file of Prometheus.

use std::fmt::Write as _;

use podwright::server::metrics::alerts::{ALERTS, Alert};

use super::{indented, is_current};

const FILE: &str = "charts/podwright/files/alerts.yaml";

/// A text in double quotes, for YAML as for JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text")
}

/// The annotations of an alert, in the order of the file.
pub(super) fn annotations(alert: &Alert) -> [(&'static str, String); 3] {
    let runbook = format!("docs/metrics.md#{}", alert.full_name().to_lowercase());
    [("summary", alert.summary.to_owned()), ("description", alert.description.to_owned()), ("runbook", runbook)]
}

fn rule(alert: &Alert) -> String {
    let mut text = format!("- alert: {}\n  expr: |-\n{}\n", alert.full_name(), indented(alert.expression, 4));
    if let Some(time) = alert.lasting {
        let _ = writeln!(text, "  for: {time}");
    }
    let _ = write!(text, "  labels:\n    severity: {}\n  annotations:\n", alert.severity.label());
    for (name, value) in annotations(alert) {
        let _ = writeln!(text, "    {name}: {}", quoted(&value));
    }
    text
}

/// The groups of rules, as in a rule file and in a PrometheusRule's spec.
pub(super) fn groups() -> String {
    let rules: String = ALERTS.iter().map(|alert| rule(alert)).collect();
    format!("groups:\n  - name: podwright\n    rules:\n{}", indented(&rules, 6))
}

#[test]
fn the_rule_file_is_that_of_the_table() {
    let head = "# Written by `UPDATE_GOLDEN=1 cargo test --test cli monitoring` from src/server/metrics/alerts.\n";
    is_current(FILE, &format!("{head}{}", groups()));
}

#[test]
fn alerts_are_complete() {
    for Alert { name, lasting, summary, description, steps, .. } in ALERTS {
        assert!(summary.ends_with('.') && !summary.contains('\n') && summary.len() < 120, "{name}");
        assert!(description.ends_with('.') && description.len() > 50 && !description.contains("{{"), "{name}");
        assert!(!steps.is_empty() && steps.iter().all(|step| step.ends_with(['.', ')', '`'])), "{name}");
        assert!(lasting.is_none_or(|time| time.ends_with('m')), "{name}");
        let names_place =
            ["namespace", "name"].iter().any(|label| summary.contains(&format!("{{{{ $labels.{label} }}}}")));
        assert!(names_place || *name == "Absent", "{name}");
    }
}
