//! docs/metrics.md is generated from the table of metrics: `UPDATE_GOLDEN=1 cargo test --test cli metrics`.
//! `tests/server/metrics.rs` tests the endpoint.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use podwright::server::metrics::table::{METRICS, Metric, MetricKind};

use crate::monitoring::alerts;

const HEAD: &str = "# Metrics

Written by `UPDATE_GOLDEN=1 cargo test --test cli metrics` from src/server/metrics/table.rs and alerts.

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
    text + &alerts()
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
