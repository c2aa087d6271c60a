//! tests/alerts: series for promtool that make each alert fire and end, and healthy series that make none fire.
//! `cargo xtask promtool` runs them on the rules.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use podwright::server::metrics::alerts::{ALERTS, Alert};
use promql_parser::parser::{Expr, parse};

use super::is_current;
use super::rules::{annotations, quoted};

mod data;

use data::{HEALTHY, SCENARIOS};

/// Series that make an alert fire and end.
struct Scenario {
    /// The name without the prefix `Podwright`.
    alert: &'static str,
    /// Series and their values each minute, in promtool's notation.
    series: &'static [(&'static str, &'static str)],
    /// The minute at which it fires.
    fires: u32,
    /// The labels with which it fires, without `severity`; an item for each notification.
    labels: &'static [&'static str],
    /// The minute at which it has ended.
    ended: u32,
}

/// Pods by short names: `a` and `b` of one installation, `c` of another.
fn expanded(text: &str) -> String {
    let mut text = text.to_owned();
    for (short, namespace, address) in [("a", "platform", 1), ("b", "platform", 2), ("c", "other", 3)] {
        let job = format!("namespace=\"{namespace}\",job=\"{namespace}/podwright\"");
        let pod = format!("{job},pod=\"podwright-{short}\"");
        let all = format!("{pod},instance=\"192.0.2.{address}:8080\"");
        for (form, labels) in
            [(format!("<{short}.job>"), job), (format!("<{short}.pod>"), pod), (format!("<{short}>"), all)]
        {
            text = text.replace(&form, &labels);
        }
    }
    text
}

/// Parses labels with PromQL's own grammar.
fn labels(text: &str) -> BTreeMap<String, String> {
    let Ok(Expr::VectorSelector(selector)) = parse(&format!("x{{{}}}", expanded(text))) else {
        panic!("no labels: {text}")
    };
    selector.matchers.matchers.into_iter().map(|matcher| (matcher.name, matcher.value)).collect()
}

fn head(content: &str) -> String {
    format!(
        "# {content} `cargo xtask promtool` runs them.\n# Written by `UPDATE_GOLDEN=1 cargo test --test cli monitoring` from \
         tests/cli/monitoring.\nrule_files: [../../charts/podwright/files/alerts.yaml]\nevaluation_interval: 1m\ntests:\n"
    )
}

fn input(name: &str, series: &[(&str, &str)]) -> String {
    let mut text = format!("  - name: {name}\n    interval: 1m\n    input_series:\n");
    for (series, values) in series {
        let _ = writeln!(text, "      - {{series: {}, values: {}}}", quoted(&expanded(series)), quoted(values));
    }
    text + "    alert_rule_test:\n"
}

fn silent(alert: &Alert, minute: u32) -> String {
    format!("      - {{alertname: {}, eval_time: {minute}m, exp_alerts: []}}\n", alert.full_name())
}

fn firing(alert: &Alert, scenario: &Scenario) -> String {
    let mut text = format!(
        "      - alertname: {}\n        eval_time: {}m\n        exp_alerts:\n",
        alert.full_name(),
        scenario.fires
    );
    for expected in scenario.labels {
        let mut labels = labels(expected);
        let values: Vec<(&str, String)> =
            annotations(alert).into_iter().map(|(name, value)| (name, filled(&value, &labels))).collect();
        labels.insert("severity".to_owned(), alert.severity.label().to_owned());
        let _ = writeln!(text, "          - exp_labels: {}", serde_json::to_string(&labels).expect("JSON"));
        text += "            exp_annotations:\n";
        values.iter().for_each(|(name, value)| text += &format!("              {name}: {}\n", quoted(value)));
    }
    text
}

/// Fills in the labels, as Prometheus does.
fn filled(template: &str, labels: &BTreeMap<String, String>) -> String {
    let mut text = template.to_owned();
    for (name, value) in labels {
        text = text.replace(&format!("{{{{ $labels.{name} }}}}"), value);
    }
    assert!(!text.contains("{{"), "no value for a label in {text}");
    text
}

fn scenario(scenario: &Scenario) -> String {
    let alert = ALERTS.iter().find(|alert| alert.name == scenario.alert).expect(scenario.alert);
    input(scenario.alert, scenario.series) + &firing(alert, scenario) + &silent(alert, scenario.ended)
}

#[test]
fn firing_alerts_have_their_file() {
    let tests: String = SCENARIOS.iter().map(scenario).collect();
    is_current("tests/alerts/firing.yaml", &(head("Series with which each alert fires and ends.") + &tests));
}

#[test]
fn healthy_series_have_their_file() {
    let minutes = [1, 4, 16, 61, 75, 119, 178];
    let asked: String = ALERTS.iter().flat_map(|alert| minutes.iter().map(|minute| silent(alert, *minute))).collect();
    let text =
        head("Healthy series of two installations, with which no alert fires.") + &input("healthy", HEALTHY) + &asked;
    is_current("tests/alerts/healthy.yaml", &text);
}

#[test]
fn each_alert_has_a_scenario_and_healthy_series() {
    let shown: BTreeSet<&str> = SCENARIOS.iter().map(|scenario| scenario.alert).collect();
    assert_eq!(shown, ALERTS.iter().map(|alert| alert.name).collect());
    for Scenario { alert, fires, ended, labels, .. } in SCENARIOS {
        assert!(fires < ended && !labels.is_empty(), "{alert} never fires or never ends");
    }
    let healthy: BTreeSet<&str> = HEALTHY.iter().filter_map(|(series, _)| series.split('{').next()).collect();
    for alert in ALERTS {
        let checked = super::promql::check(alert.expression).expect("PromQL");
        let missing =
            checked.metrics.iter().find(|name| !healthy.iter().any(|series| series.starts_with(name.as_str())));
        assert_eq!(missing, None, "{}: no healthy series", alert.name);
    }
}
