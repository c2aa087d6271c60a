//! Every query of rules, dashboard and pages is PromQL with metrics and labels of the table.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use podwright::server::metrics::alerts::ALERTS;
use podwright::server::metrics::dashboard::{Panel, ROWS};
use podwright::server::metrics::table::METRICS;

use super::dashboard::{VARIABLES, targeted};
use super::promql::{Checked, check};

/// Checks a query of the dashboard, with values in the place of Grafana's own variables.
fn checked_in_panel(query: &str) -> Checked {
    let query = targeted(query).replace("$__rate_interval", "5m").replace("$__range", "6h");
    check(&query).unwrap_or_else(|error| panic!("{error}"))
}

/// The words between these two.
fn between<'t>(text: &'t str, start: &'t str, end: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(start).skip(1).filter_map(move |rest| Some(rest.split_once(end)?.0.trim()))
}

#[test]
fn alerts_use_metrics_and_labels_of_the_table() {
    for alert in ALERTS {
        let Checked { labels, .. } = check(alert.expression).unwrap_or_else(|error| panic!("{error}"));
        let named = between(alert.summary, "{{", "}}").map(|label| label.strip_prefix("$labels.").expect("a label"));
        let missing: Vec<&str> = named.filter(|label| !labels.contains(*label)).collect();
        assert!(missing.is_empty(), "{}: no {missing:?} in {labels:?}", alert.name);
        assert!(labels.contains("cluster") || alert.name == "Absent", "{}", alert.name);
    }
}

fn panels() -> impl Iterator<Item = &'static Panel> {
    ROWS.iter().flat_map(|row| row.panels)
}

#[test]
fn panels_use_metrics_and_labels_of_the_table() {
    for panel in panels() {
        for (query, legend) in panel.queries {
            let Checked { labels, metrics } = checked_in_panel(query);
            let missing: Vec<&str> = between(legend, "{{", "}}").filter(|label| !labels.contains(*label)).collect();
            assert!(missing.is_empty(), "{}: no {missing:?} in {labels:?}", panel.title);
            let explained = panel.about.iter().all(|metric| metrics.contains(&metric.name()));
            assert!(explained, "{}: its description is about another metric", panel.title);
            let own = |metric: &&String| metric.starts_with("podwright_") || metric.starts_with("process_");
            let selects = query.contains("{$target") || !metrics.iter().any(|metric| own(&metric));
            assert!(selects, "{}: ignores the selection of Pods", panel.title);
        }
    }
    for (_, query) in VARIABLES {
        let (selector, _) = query.strip_prefix("label_values(").and_then(|rest| rest.rsplit_once(',')).expect(query);
        check(selector).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn every_metric_has_a_panel() {
    let shown: BTreeSet<String> =
        panels().flat_map(|panel| panel.queries).flat_map(|(query, _)| checked_in_panel(query).metrics).collect();
    let missing: Vec<String> =
        METRICS.iter().map(|metric| metric.name()).filter(|name| !shown.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn pages_use_metrics_and_labels_of_the_table() {
    let mut asked = 0;
    let docs = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")).expect("docs");
    for page in docs.map(|entry| entry.expect("readable").path()).filter(|path| path.extension() == Some("md".as_ref()))
    {
        let text = fs::read_to_string(&page).expect("readable");
        for query in between(&text, "```promql\n", "```") {
            check(query).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
            asked += 1;
        }
    }
    assert!(asked >= 12 + ALERTS.len(), "{asked} queries");
}
