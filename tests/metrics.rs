//! docs/metrics.md is written from the table that the metrics are registered from: `UPDATE_GOLDEN=1 cargo test --test metrics`.
//! What the server shows of them is `tests/server/metrics.rs`'.

#![allow(clippy::expect_used, missing_docs, reason = "a test may fail")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use podwright::server::metrics::table::{ALERTS, Kind, METRICS, Metric};

const HEAD: &str = "# Metrics

Written by `UPDATE_GOLDEN=1 cargo test --test metrics` from src/server/metrics/table.rs.

`GET /metrics` on the admin port (8080, without TLS), in the text format of OpenMetrics. The number of series is bounded: a
label's value is a route, a key or a code of podwright's, never the name of a Pod, a container, a Namespace or a profile, and
never anything else from a request.
";

fn page() -> String {
    let mut text = format!("{HEAD}\n| question | metric |\n| --- | --- |\n");
    for metric in METRICS {
        let name = metric.name();
        let _ = writeln!(text, "| {} | [`{name}`](#{name}) |", metric.question);
    }
    METRICS.iter().for_each(|metric| text += &section(metric));
    text += "\n## Alerts\n\nSuggestions, with thresholds to be fitted to the cluster.\n";
    for (name, expression, meaning) in ALERTS {
        let _ = write!(text, "\n### {name}\n\n```promql\n{expression}\n```\n\n{meaning}\n");
    }
    text
}

fn section(metric: &Metric) -> String {
    let kind = match metric.kind {
        Kind::Counter => "Counter",
        Kind::Gauge => "Gauge",
        Kind::Histogram => "Histogram (series `_bucket`, `_sum` and `_count`)",
        Kind::Info => "Info",
    };
    let unit = metric.unit().map(|unit| format!(", in {unit}")).unwrap_or_default();
    let mut text = format!("\n## {}\n\n{kind}{unit}. {}.\n", metric.name(), metric.help);
    if !metric.labels.is_empty() {
        text += "\n| label | values |\n| --- | --- |\n";
    }
    metric.labels.iter().for_each(|(label, values)| text += &format!("| `{label}` | {values} |\n"));
    text
}

#[test]
fn the_page_is_that_of_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/metrics.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, page()).expect("writable");
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), page());
}

#[test]
fn alerts_ask_for_metrics_and_labels_that_there_are() {
    for (alert, expression, _) in ALERTS {
        let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let asked: Vec<&str> = words.filter(|word| word.starts_with("podwright_")).collect();
        assert_eq!(asked.len(), 1, "{alert}");
        let there = |name: &str| METRICS.iter().find(|metric| metric.name() == name);
        let metric = asked.first().and_then(|asked| there(asked.strip_suffix("_bucket").unwrap_or(asked)));
        let metric = metric.expect(alert);
        for (before, _) in expression.match_indices("=").filter(|(at, _)| expression.contains('{') && *at > 0) {
            let label = expression.split_at(before).0.rsplit(['{', ',']).next().expect("some");
            assert!(metric.labels.iter().any(|(known, _)| *known == label), "{alert}: {label}");
        }
    }
}

/// The conventions: base units, a name that ends in its unit, and a sentence to which the format adds the full stop.
#[test]
fn names_and_helps_keep_to_the_conventions() {
    for metric in METRICS {
        let name = metric.name();
        assert!(name.starts_with("podwright_") && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        assert!(
            metric.unit().is_none_or(|unit| ["seconds", "bytes"].contains(&unit) && name.ends_with(unit)),
            "{name}"
        );
        assert_eq!(name.ends_with("_total"), metric.kind == Kind::Counter, "{name}");
        assert!(metric.help.len() > 40 && !metric.help.ends_with('.') && metric.question.ends_with('?'), "{name}");
    }
}
