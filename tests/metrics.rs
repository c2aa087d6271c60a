//! docs/metrics.md is written from the table that the metrics are registered from: `UPDATE_GOLDEN=1 cargo test --test metrics`.
//! What the server shows of them is `tests/server/metrics.rs`'.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may fail")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use podwright::server::metrics::table::{ALERTS, Alert, METRICS, Metric, MetricKind, OF_API_SERVERS};

const HEAD: &str = "# Metrics

Written by `UPDATE_GOLDEN=1 cargo test --test metrics` from src/server/metrics/table.rs.

`GET /metrics` on the admin port (8080, without TLS), in the text format of OpenMetrics for whoever accepts it, as Prometheus
does, and in the one of before (`text/plain; version=0.0.4`) for everybody else. The number of series is bounded: a label's value
is a route, a key or a code of podwright's, never the name of a Pod, a container, a Namespace or a profile, and never anything
else from a request. [operate.md](operate.md#watch) has what to ask them.
";

fn page() -> String {
    let mut text = format!("{HEAD}\n| question | metric |\n| --- | --- |\n");
    for metric in METRICS {
        let name = metric.name();
        let _ = writeln!(text, "| {} | [`{name}`](#{name}) |", metric.question);
    }
    METRICS.iter().for_each(|metric| text += &section(metric));
    text += "\n## Alerts\n\nSuggestions, with thresholds to be fitted to the cluster.\n";
    for Alert { name, expression, meaning, lasting } in &ALERTS {
        let lasting = lasting.map(|time| format!(" It is to be so for a while (`for: {time}`).")).unwrap_or_default();
        let _ = write!(text, "\n### {name}\n\n```promql\n{expression}\n```\n\n{meaning}{lasting}\n");
    }
    text
}

fn section(metric: &Metric) -> String {
    let kind = match metric.kind {
        MetricKind::Counter => "Counter",
        MetricKind::Gauge => "Gauge",
        MetricKind::Histogram => "Histogram (series `_bucket`, `_sum` and `_count`)",
        MetricKind::Info => "Info",
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
    for Alert { name, expression, .. } in &ALERTS {
        assert_that_it_can_be_asked(expression, name);
    }
}

/// Names and labels in a query of PromQL are those of the table.
fn assert_that_it_can_be_asked(expression: &str, place: &str) {
    let mut asked = OF_API_SERVERS.iter().filter(|name| expression.contains(**name)).count();
    for (at, _) in expression.match_indices("podwright_").chain(expression.match_indices("process_")) {
        let (_, rest) = expression.split_at(at);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        let there = |name: &str| METRICS.iter().find(|metric| metric.name() == name);
        let series = ["", "_bucket", "_sum", "_count"].iter().find_map(|suffix| there(name.strip_suffix(suffix)?));
        let metric = series.unwrap_or_else(|| panic!("{place}: no {name}"));
        let labels = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).map_or("", |(labels, _)| labels);
        for label in labels.split("\",").filter(|label| !label.is_empty()) {
            let label = label.split(['=', '!']).next().unwrap_or_default().trim();
            assert!(metric.labels.iter().any(|(known, _)| *known == label), "{place}: no {label} in {name}");
        }
        asked += 1;
    }
    assert!(asked > 0, "{place} asks for nothing: {expression}");
}

const BEGIN: &str =
    "<!-- alerts: written by `UPDATE_GOLDEN=1 cargo test --test metrics` from src/server/metrics/table/alerts.rs -->\n";
const END: &str = "<!-- /alerts -->";

/// The alerts as a file of rules.
fn rules() -> String {
    let mut text = "\n```yaml\ngroups:\n  - name: podwright\n    rules:\n".to_owned();
    for Alert { name, expression, lasting, meaning } in &ALERTS {
        let lasting = lasting.map(|time| format!("        for: {time}\n")).unwrap_or_default();
        let _ = write!(
            text,
            "      - alert: Podwright{name}\n        expr: {expression:?}\n{lasting}        annotations:\n          \
             description: {meaning:?}\n"
        );
    }
    text + "```\n\n"
}

#[test]
fn the_operators_page_has_the_alerts_as_rules_and_asks_for_what_there_is() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operate.md");
    let page = fs::read_to_string(&path).expect("docs/operate.md");
    let (before, rest) = page.split_once(BEGIN).expect("the marker before the rules");
    let (_, after) = rest.split_once(END).expect("the marker behind the rules");
    let written = format!("{before}{BEGIN}{}{END}{after}", rules());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &written).expect("writable");
    }
    assert_eq!(fs::read_to_string(&path).expect("docs/operate.md"), written);
    let queries = before.split("```promql\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let asked: usize = queries.map(|query| assert_that_it_can_be_asked(query, "docs/operate.md")).count();
    assert!(asked >= 12, "{asked} questions");
}

/// The conventions: base units, a name that ends in its unit, and a sentence to which the format adds the full stop.
#[test]
fn names_and_helps_keep_to_the_conventions() {
    for metric in METRICS {
        let name = metric.name();
        let prefix = name.starts_with("podwright_") || name.starts_with("process_");
        assert!(prefix && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        assert!(
            metric.unit().is_none_or(|unit| {
                ["seconds", "bytes"].contains(&unit) && name.trim_end_matches("_total").ends_with(unit)
            }),
            "{name}"
        );
        assert_eq!(name.ends_with("_total"), metric.kind == MetricKind::Counter, "{name}");
        assert!(metric.help.len() > 40 && !metric.help.ends_with('.') && metric.question.ends_with('?'), "{name}");
    }
}
