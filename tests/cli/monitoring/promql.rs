//! The names and labels of a PromQL query, checked against the table of metrics by following the labels through each
//! operator.

use std::collections::BTreeSet;

use podwright::server::metrics::table::{METRICS, MetricKind, OF_API_SERVERS};
use promql_parser::label::Matcher;
use promql_parser::parser::{
    AggregateExpr, BinaryExpr, Call, Expr, LabelModifier, VectorSelector, parse, token, value::ValueType,
};

/// The labels that Prometheus adds: `cluster` for a Prometheus that reads others, the rest from the PodMonitor.
const OF_TARGETS: [&str; 7] = ["cluster", "container", "endpoint", "instance", "job", "namespace", "pod"];
/// Prometheus' own metrics, with their labels.
const OF_PROMETHEUS: [(&str, &[&str]); 2] = [("ALERTS", &["alertname", "alertstate", "severity"]), ("up", &[])];

/// The names of labels.
pub(super) type Labels = BTreeSet<String>;

/// A query's metrics, and the labels of its result.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) metrics: BTreeSet<String>,
    pub(super) labels: Labels,
}

/// Checks a query.
pub(super) fn check(query: &str) -> Result<Checked, String> {
    let tree = parse(query).map_err(|error| format!("{query}\n{error}"))?;
    let mut metrics = BTreeSet::new();
    let labels = of(&tree, &mut metrics).map_err(|error| format!("{query}\n{error}"))?;
    if metrics.is_empty() {
        return Err(format!("{query}\nno metric"));
    }
    Ok(Checked { metrics, labels })
}

fn of(tree: &Expr, metrics: &mut BTreeSet<String>) -> Result<Labels, String> {
    match tree {
        Expr::Aggregate(aggregate) => of_aggregate(aggregate, metrics),
        Expr::Unary(unary) => of(&unary.expr, metrics),
        Expr::Binary(binary) => of_binary(binary, metrics),
        Expr::Paren(paren) => of(&paren.expr, metrics),
        Expr::Subquery(subquery) => of(&subquery.expr, metrics),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) => Ok(Labels::new()),
        Expr::VectorSelector(selector) => of_selector(selector, metrics),
        Expr::MatrixSelector(selector) => of_selector(&selector.vs, metrics),
        Expr::Call(call) => of_call(call, metrics),
        Expr::Extension(_) => Err("an extension of PromQL".to_owned()),
    }
}

fn of_selector(selector: &VectorSelector, metrics: &mut BTreeSet<String>) -> Result<Labels, String> {
    let series = selector.name.as_deref().ok_or("a selector without a name")?;
    let Series { metric, labels, values } = find(series).ok_or_else(|| format!("no metric {series}"))?;
    metrics.insert(metric);
    let known: Labels = OF_TARGETS.into_iter().chain(labels).map(str::to_owned).collect();
    for matcher in &selector.matchers.matchers {
        has(&known, &matcher.name, series)?;
        values.iter().filter(|(label, _)| *label == matcher.name).try_for_each(|(_, values)| takes(values, matcher))?;
    }
    Ok(known)
}

/// A metric with its labels, and the texts that list the values of those.
struct Series {
    metric: String,
    labels: Vec<&'static str>,
    values: Vec<(&'static str, &'static str)>,
}

fn find(series: &str) -> Option<Series> {
    let foreign =
        |labels: &[&'static str]| Series { metric: series.to_owned(), labels: labels.to_vec(), values: vec![] };
    if let Some((_, labels)) = OF_PROMETHEUS.iter().find(|(name, _)| *name == series) {
        return Some(foreign(labels));
    }
    if let Some(metric) = OF_API_SERVERS.iter().find(|metric| metric.name == series) {
        return Some(foreign(metric.labels));
    }
    METRICS.iter().find_map(|metric| {
        let name = metric.name();
        let is_histogram = metric.kind == MetricKind::Histogram;
        let rest = series.strip_prefix(&name)?;
        let extra: &[&str] = match rest {
            "" if !is_histogram => &[],
            "_bucket" if is_histogram => &["le"],
            "_sum" | "_count" if is_histogram => &[],
            _ => return None,
        };
        let labels = metric.labels.iter().map(|(label, _)| *label).chain(extra.iter().copied()).collect();
        Some(Series { metric: name, labels, values: metric.labels.to_vec() })
    })
}

/// Checks the words that a matcher compares with. Other patterns, such as `5..`, are not checked.
fn takes(listed: &str, matcher: &Matcher) -> Result<(), String> {
    let is_word = |word: &&str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let mut words = matcher.value.split('|').filter(is_word);
    match words.find(|word| !listed.contains(&format!("`{word}`"))) {
        Some(word) => Err(format!("{} is never {word}", matcher.name)),
        None => Ok(()),
    }
}

fn has(labels: &Labels, label: &str, place: &str) -> Result<(), String> {
    if labels.contains(label) { Ok(()) } else { Err(format!("no label {label} in {place}: {labels:?}")) }
}

fn of_aggregate(aggregate: &AggregateExpr, metrics: &mut BTreeSet<String>) -> Result<Labels, String> {
    let inner = of(&aggregate.expr, metrics)?;
    let name = aggregate.op.to_string();
    let (Some(LabelModifier::Include(named)) | Some(LabelModifier::Exclude(named))) = &aggregate.modifier else {
        return Ok(match &aggregate.param {
            Some(_) if ["topk", "bottomk"].contains(&name.as_str()) => inner,
            Some(label) if name == "count_values" => [label.to_string().trim_matches('"').to_owned()].into(),
            _ => Labels::new(),
        });
    };
    named.labels.iter().try_for_each(|label| has(&inner, label, &format!("the operand of {name}")))?;
    let named: Labels = named.labels.iter().cloned().collect();
    match &aggregate.modifier {
        Some(LabelModifier::Exclude(_)) => Ok(&inner - &named),
        _ => Ok(named),
    }
}

fn of_binary(binary: &BinaryExpr, metrics: &mut BTreeSet<String>) -> Result<Labels, String> {
    let [left, right] = [of(&binary.lhs, metrics)?, of(&binary.rhs, metrics)?];
    match [&binary.lhs, &binary.rhs].map(|side| side.value_type() == ValueType::Scalar) {
        [true, _] => return Ok(right),
        [_, true] => return Ok(left),
        _ => {}
    }
    let is_union = binary.op.id() == token::T_LOR;
    match binary.modifier.as_ref().and_then(|modifier| modifier.matching.as_ref()) {
        Some(LabelModifier::Include(on)) => {
            for side in [&left, &right] {
                on.labels.iter().try_for_each(|label| has(side, label, "an operand of on()"))?;
            }
        }
        Some(LabelModifier::Exclude(_)) => return Err("ignoring() is not supported here".to_owned()),
        None if !is_union && left != right => {
            return Err(format!("operands with different labels never match: {left:?} and {right:?}"));
        }
        None => {}
    }
    // Operands of `or` that differ have results of two kinds. Only common labels are in each.
    Ok(if is_union { &left & &right } else { left })
}

fn of_call(call: &Call, metrics: &mut BTreeSet<String>) -> Result<Labels, String> {
    let mut labels = Labels::new();
    for argument in &call.args.args {
        labels.extend(of(argument, metrics)?);
    }
    match call.func.name {
        "histogram_quantile" => {
            has(&labels, "le", "histogram_quantile")?;
            labels.remove("le");
        }
        // Without equality matchers, the result has no label.
        "absent" => labels.clear(),
        "label_replace" | "label_join" => return Err(format!("{} is not supported here", call.func.name)),
        _ => {}
    }
    Ok(labels)
}

#[test]
fn mistakes_in_queries_are_found() {
    for (query, words) in [
        ("sum(podwright_redy)", "no metric podwright_redy"),
        ("podwright_ready{", "podwright_ready{"),
        ("podwright_ready{color=\"red\"}", "no label color in podwright_ready"),
        ("podwright_requests_total{outcome=\"denyed\"}", "outcome is never denyed"),
        ("podwright_requests_total{route=~\"pods|pod\"}", "route is never pod"),
        ("podwright_request_duration_seconds", "no metric podwright_request_duration_seconds"),
        ("podwright_ready_bucket", "no metric podwright_ready_bucket"),
        ("sum by (outcome) (sum by (route) (podwright_requests_total))", "no label outcome in the operand of sum"),
        ("histogram_quantile(0.9, sum by (pod) (podwright_request_body_bytes_bucket))", "no label le"),
        ("podwright_ready and on (part) podwright_ready", "no label part in an operand of on()"),
        ("podwright_connections / podwright_ready", "never match"),
        ("apiserver_admission_webhook_fail_open_count{webhook=\"a\"}", "no label webhook"),
        ("node_load1 > 0", "no metric node_load1"),
        ("vector(1)", "no metric"),
    ] {
        let error = check(query).expect_err(query);
        assert!(error.contains(words), "{query}: {error}");
    }
}

#[test]
fn labels_are_followed_through_operators() {
    for (query, labels) in [
        ("sum by (route) (rate(podwright_requests_total[5m])) > 0", &["route"][..]),
        ("sum(podwright_ready) or vector(0)", &[]),
        ("count_values(\"hash\", podwright_configuration_hash)", &["hash"]),
        ("time() - max by (pod) (process_start_time_seconds)", &["pod"]),
        ("topk(3, sum by (key, reason) (podwright_reasons_total))", &["key", "reason"]),
        (
            "max by (pod, port) (podwright_connections) or max by (pod, part) (podwright_request_bodies_in_flight_bytes)",
            &["pod"],
        ),
    ] {
        let checked = check(query).expect(query);
        assert_eq!(checked.labels, labels.iter().map(|label| (*label).to_owned()).collect(), "{query}");
    }
}
