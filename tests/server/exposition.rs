//! The metrics in the older text format, for clients that do not ask for OpenMetrics.

use std::collections::{BTreeMap, BTreeSet};

use podwright::server::metrics::table::{EVENTS, METRICS, MetricKind, RENEWALS, TRUSTED};
use serde_json::json;

use crate::client::{Client, HTTP_2, admin, review};
use crate::metrics::Scrape;
use crate::running::Running;

/// In that format families have the names of their series, and the type `info` does not exist.
#[tokio::test]
async fn who_does_not_ask_for_open_metrics_has_the_same_in_the_format_of_before() {
    let server = Running::start(&[]);
    let mut client = Client::new(&server, HTTP_2).await;
    client.post("/mutate", review(&json!({"podwright.dev/readiness-probe": "true"}))).await;
    let plain = admin(&server, "/metrics").await;
    assert_eq!(plain.content_type, "text/plain; version=0.0.4; charset=utf-8");
    let mut named = BTreeMap::new();
    for line in plain.body.lines().filter(|line| line.starts_with('#')) {
        let [_, word, name, what] = line.splitn(4, ' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        assert!(["HELP", "TYPE"].contains(&word), "{line}");
        named.insert((word, name.to_owned()), what.to_owned());
    }
    let absent = [RENEWALS, TRUSTED, EVENTS].map(|metric| metric.name());
    for metric in METRICS.iter().filter(|metric| !absent.contains(&metric.name())) {
        let kind = match metric.kind {
            MetricKind::Counter => "counter",
            MetricKind::Gauge | MetricKind::Info => "gauge",
            MetricKind::Histogram => "histogram",
        };
        assert_eq!(named.remove(&("TYPE", metric.name())).as_deref(), Some(kind), "{}", metric.name());
        assert_eq!(named.remove(&("HELP", metric.name())), Some(format!("{}.", metric.help)));
    }
    assert_eq!(named, BTreeMap::new(), "nothing else");
    let series = plain.body.lines().filter_map(|line| line.rsplit_once(' ').filter(|_| !line.starts_with('#')));
    let series: BTreeSet<String> = series.map(|(series, _)| series.to_owned()).collect();
    assert_eq!(series, Scrape::of(&server).await.samples.into_keys().collect());
}
