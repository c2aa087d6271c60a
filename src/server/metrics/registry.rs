//! The registered metrics, and the functions that record requests in them.

use std::time::Duration;

use axum::http::StatusCode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::callback::{Callback, Samples};
use super::connections::Connections;
use super::process;
use super::reloads::{CertificateMetrics, Reloads};
use super::table::{self, Counters, Labels, Metric};
use crate::admission::AnswerKind;
use crate::annotation::Settings;
use crate::inject::Count;

type Histograms = Family<Labels<1>, Histogram>;

/// Seconds. A usual review takes tens of microseconds; one of megabytes, or with a slow client, up to a second.
const DURATIONS: [f64; 14] =
    [0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0];
/// Bytes: 1 KiB to the limit of 7 MiB.
pub(in crate::server) const BODY_BYTES: [f64; 8] =
    [1_024.0, 4_096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0, 3_145_728.0, 7_340_032.0];
/// The statuses of the server. Others are counted as `other`, so the number of series is bounded.
const STATUSES: [&str; 12] = ["200", "400", "404", "405", "408", "413", "415", "429", "431", "500", "503", "504"];

/// All metrics of one server.
pub(in crate::server) struct Metrics {
    pub(super) registry: Registry,
    /// The metrics without podwright's prefix.
    pub(super) process: Registry,
    connections: Connections,
    in_flight: Gauge,
    requests: Counters<3>,
    durations: Histograms,
    bodies: Histograms,
    injections: Counters<1>,
    reasons: Counters<3>,
    pub(in crate::server) configuration: Reloads,
    pub(in crate::server) certificates: CertificateMetrics,
}

/// A request that was answered.
pub(in crate::server) struct RequestRecord {
    pub(in crate::server) route: &'static str,
    /// The outcome of the review, or `refused`.
    pub(in crate::server) outcome: &'static str,
    pub(in crate::server) status: StatusCode,
    pub(in crate::server) duration: Duration,
}

/// A request without an answer yet, until dropped.
pub(in crate::server) struct RequestInFlight<'a>(&'a Gauge);

impl Metrics {
    /// Registers all metrics; `in_flight` is the gauge of requests in flight.
    pub(in crate::server) fn new(in_flight: Gauge) -> Self {
        let mut registry = Registry::with_prefix(table::PREFIX);
        table::BUILD.register(&mut registry, Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        table::IN_FLIGHT.register(&mut registry, in_flight.clone());
        let durations = Histograms::new_with_constructor(|| Histogram::new(DURATIONS));
        table::DURATION.register(&mut registry, durations.clone());
        let bodies = Histograms::new_with_constructor(|| Histogram::new(BODY_BYTES));
        table::BODY.register(&mut registry, bodies.clone());
        let injections: Counters<1> = table::INJECTIONS.handle(&mut registry);
        Settings::KEYS.iter().for_each(|key| drop(injections.get_or_create_owned(&[("key", *key)])));
        let mut process = Registry::default();
        process::metrics().into_iter().for_each(|metric| process.register_collector(Box::new(metric)));
        Self {
            connections: Connections::new(&mut registry),
            in_flight,
            requests: table::REQUESTS.handle(&mut registry),
            durations,
            bodies,
            injections,
            reasons: table::REASONS.handle(&mut registry),
            configuration: Reloads::of_configuration(&mut registry),
            certificates: CertificateMetrics::new(&mut registry),
            registry,
            process,
        }
    }

    /// Adds a metric that is looked up when it is read.
    pub(in crate::server) fn with_callback(
        mut self,
        metric: &'static Metric,
        samples: impl Fn() -> Samples + Send + Sync + 'static,
    ) -> Self {
        self.registry.register_collector(Box::new(Callback { metric, samples: Box::new(samples) }));
        self
    }

    /// Creates a route's series at zero, for these outcomes of reviews and statuses of refusals: an alert does not see a counter
    /// that begins with one.
    pub(in crate::server) fn add_route(&self, route: &'static str, outcomes: &[AnswerKind], refusals: &[&'static str]) {
        let outcomes = outcomes.iter().map(|outcome| (outcome.as_str(), "200"));
        for (outcome, status) in refusals.iter().map(|status| ("refused", *status)).chain(outcomes) {
            drop(self.requests.get_or_create_owned(&[("route", route), ("outcome", outcome), ("status", status)]));
        }
        [&self.durations, &self.bodies].iter().for_each(|family| drop(family.get_or_create_owned(&[("route", route)])));
    }

    /// Records a request that has begun.
    pub(in crate::server) fn request_begun(&self) -> RequestInFlight<'_> {
        self.in_flight.inc();
        RequestInFlight(&self.in_flight)
    }

    /// Records a request that was answered.
    pub(in crate::server) fn record_request(&self, request: &RequestRecord) {
        let RequestRecord { route, outcome, status, duration } = *request;
        let status = STATUSES.into_iter().find(|known| *known == status.as_str()).unwrap_or("other");
        self.requests.get_or_create(&[("route", route), ("outcome", outcome), ("status", status)]).inc();
        self.durations.get_or_create(&[("route", route)]).observe(duration.as_secs_f64());
    }

    /// Records a body that was read to its end.
    pub(in crate::server) fn record_body(&self, route: &'static str, bytes: usize) {
        // Exact: it has 64 MiB at most.
        self.bodies.get_or_create(&[("route", route)]).observe(bytes as f64);
    }

    /// Records the outcomes of a Pod's settings.
    pub(in crate::server) fn record_settings(&self, counts: &[Count]) {
        for Count { key, outcome, reason, number } in counts {
            let in_force = matches!(*outcome, "in_force" | "noted" | "doubtful" | "adjusted");
            if in_force && Settings::KEYS.contains(key) {
                self.injections.get_or_create(&[("key", *key)]).inc_by(*number);
            }
            if !reason.is_empty() {
                let key = if key.is_empty() { "other" } else { key };
                self.reasons.get_or_create(&[("key", key), ("outcome", *outcome), ("reason", *reason)]).inc_by(*number);
            }
        }
    }

    /// The counters of the webhook's port.
    pub(in crate::server) fn webhook_connections(&self) -> Connections {
        self.connections.of_port("webhook")
    }

    /// The counters of the admin port.
    pub(in crate::server) fn admin_connections(&self) -> Connections {
        self.connections.of_port("admin")
    }
}

impl Drop for RequestInFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}
