//! docs/metrics.md is generated from the table of metrics: `UPDATE_GOLDEN=1 cargo test --test cli metrics`.
//! `tests/server/metrics.rs` tests the endpoint.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use podwright::server::metrics::table::{METRICS, Metric, MetricKind, OF_API_SERVERS};

const HEAD: &str = "# Metrics

Written by `UPDATE_GOLDEN=1 cargo test --test cli metrics` from src/server/metrics/table.rs.

Read the metrics with `GET /metrics` on the admin port (8080, without TLS). Clients that accept OpenMetrics, such as Prometheus, get
that format. Others get the older text format (`text/plain; version=0.0.4`). The number of series is bounded: a label's value is a
route, a key or a code of podwright, never a name or other text from a request. See [operate.md](operate.md#watch) for queries.
";

fn page() -> String {
    let mut text = format!("{HEAD}\n| question | metric |\n| --- | --- |\n");
    for metric in METRICS {
        let name = metric.name();
        let _ = writeln!(text, "| {} | [`{name}`](#{name}) |", metric.question);
    }
    METRICS.iter().for_each(|metric| text += &section(metric));
    text += "\n## Alerts\n\nSuggestions. Adjust the thresholds to your cluster.\n";
    for Alert { name, expression, meaning, lasting } in alerts() {
        let lasting =
            lasting.map(|time| format!(" The condition must hold for a while (`for: {time}`).")).unwrap_or_default();
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
    for Alert { name, expression, .. } in alerts() {
        assert_that_it_can_be_asked(&expression, &name);
    }
}

/// Asserts that a PromQL query uses names and labels of the table.
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

const PAGE: &str = include_str!("../../docs/operate.md");

/// An alerting rule in docs/operate.md.
struct Alert {
    /// The name without the prefix `Podwright`.
    name: String,
    expression: String,
    lasting: Option<String>,
    meaning: String,
}

/// Reads the rules between the marks in docs/operate.md.
fn alerts() -> Vec<Alert> {
    let (_, rest) = PAGE.split_once("<!-- alerts: ").expect("the mark before the rules");
    let yaml = rest.split("```").nth(1).and_then(|block| block.strip_prefix("yaml\n")).expect("the rules");
    let file: serde_json::Value = serde_saphyr::from_str(yaml).expect("YAML");
    let text = |rule: &serde_json::Value, field| rule.pointer(field)?.as_str().map(str::to_owned);
    let rules = file.pointer("/groups/0/rules").and_then(serde_json::Value::as_array).expect("rules");
    let alert = |rule: &serde_json::Value| {
        let name = text(rule, "/alert")?.strip_prefix("Podwright")?.to_owned();
        let (expression, meaning) = (text(rule, "/expr")?, text(rule, "/annotations/description")?);
        Some(Alert { name, expression, lasting: text(rule, "/for"), meaning })
    };
    rules.iter().map(|rule| alert(rule).unwrap_or_else(|| panic!("no alert of podwright: {rule}"))).collect()
}

#[test]
fn the_operators_page_asks_for_what_there_is() {
    let (before, _) = PAGE.split_once("<!-- alerts: ").expect("the mark before the rules");
    let queries = before.split("```promql\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let asked: usize = queries.map(|query| assert_that_it_can_be_asked(query, "docs/operate.md")).count();
    assert!(asked >= 12, "{asked} questions");
}

/// The OpenMetrics conventions: base units, a name that ends in its unit, and a help text without a full stop, which
/// the format adds.
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
