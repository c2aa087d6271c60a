//! The registered metrics, and the functions that record requests in them.

use std::time::Duration;

use axum::http::StatusCode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::callback::Callback;
use super::connections::{Connections, InFlight};
use super::events::EventCounters;
use super::metric::{Counters, Labels, Metric, PREFIX};
use super::reloads::{CertificateMetrics, Reloads};
use super::{process, table};
use crate::annotation::Settings;
use crate::inject::Count;
use crate::server::limits::BODY_LIMIT;
use crate::server::paths::PathClass;

/// Seconds. A usual review takes tens of microseconds. One of megabytes, or with a slow client, takes up to a second.
const DURATIONS: [f64; 14] =
    [0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0];
/// Bytes, up to the limit, which is exact as a number.
const BODY_BYTES: [f64; 8] =
    [1_024.0, 4_096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0, 3_145_728.0, BODY_LIMIT as f64];
/// The statuses of the server. Others are counted as `other`, so the number of series is bounded.
const STATUSES: [&str; 12] = ["200", "400", "404", "405", "408", "413", "415", "429", "431", "500", "503", "504"];

/// All metrics of one server.
///
/// A look-up in a family costs 100 ns, so the metrics with many for each request are looked up once, at the start.
pub(crate) struct Metrics {
    pub(super) registry: Registry,
    /// The metrics without podwright's prefix.
    pub(super) process: Registry,
    pub(crate) connections: Connections,
    pub(crate) admin_connections: Connections,
    in_flight: Gauge,
    requests: Counters<3>,
    // Both in the order of `PathClass::ALL`.
    durations: [Histogram; PathClass::ALL.len()],
    bodies: [Histogram; PathClass::ALL.len()],
    // In the order of `Settings::KEYS`.
    injections: Vec<Counter>,
    reasons: Counters<3>,
    pub(crate) configuration: Reloads,
    pub(crate) certificates: CertificateMetrics,
    pub(crate) events: EventCounters,
}

pub(crate) struct RequestRecord {
    pub(crate) class: PathClass,
    /// The outcome of the review, or `refused`.
    pub(crate) outcome: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) duration: Duration,
}

impl Metrics {
    /// Registers all metrics; `in_flight` is the gauge of requests in flight, and `computed` are the metrics of others.
    pub(crate) fn new(in_flight: Gauge, computed: impl IntoIterator<Item = Callback>) -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        table::BUILD.register(&mut registry, Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        table::IN_FLIGHT.register(&mut registry, in_flight.clone());
        let injections: Counters<1> = table::INJECTIONS.create(&mut registry);
        computed.into_iter().for_each(|metric| registry.register_collector(Box::new(metric)));
        let mut process = Registry::default();
        process::metrics().into_iter().for_each(|metric| process.register_collector(Box::new(metric)));
        let connections = Connections::webhook(&mut registry);
        Self {
            admin_connections: connections.admin(),
            connections,
            in_flight,
            requests: requests(&mut registry),
            durations: histograms(&table::DURATION, || Histogram::new(DURATIONS), &mut registry),
            bodies: histograms(&table::BODY, || Histogram::new(BODY_BYTES), &mut registry),
            injections: Settings::KEYS.iter().map(|key| injections.get_or_create_owned(&[("key", *key)])).collect(),
            reasons: table::REASONS.create(&mut registry),
            configuration: Reloads::of_configuration(&mut registry),
            certificates: CertificateMetrics::new(&mut registry),
            events: EventCounters::new(&mut registry),
            registry,
            process,
        }
    }

    /// Records the beginning of a request, which is in flight until the result is dropped.
    pub(crate) fn request_begun(&self) -> InFlight {
        InFlight::new(&self.in_flight)
    }

    pub(crate) fn record_request(&self, request: &RequestRecord) {
        let RequestRecord { class, outcome, status, duration } = *request;
        let status = STATUSES.into_iter().find(|known| *known == status.as_str()).unwrap_or("other");
        self.requests.get_or_create(&request_labels(class, outcome, status)).inc();
        self.durations.get(class as usize).inspect(|histogram| histogram.observe(duration.as_secs_f64()));
    }

    pub(crate) fn record_body(&self, class: PathClass, bytes: usize) {
        // Exact: it has 64 MiB at most.
        self.bodies.get(class as usize).inspect(|histogram| histogram.observe(bytes as f64));
    }

    pub(crate) fn record_settings(&self, counts: &[Count]) {
        for Count { key, outcome, reason, number } in counts {
            let injection = Settings::KEYS.iter().zip(&self.injections).find(|(known, _)| *known == key);
            let is_injected = matches!(*outcome, "in_force" | "noted" | "doubtful" | "adjusted");
            if let Some((_, counter)) = injection.filter(|_| is_injected) {
                counter.inc_by(*number);
            }
            if !reason.is_empty() {
                let key = if key.is_empty() { "other" } else { key };
                self.reasons.get_or_create(&[("key", key), ("outcome", *outcome), ("reason", *reason)]).inc_by(*number);
            }
        }
    }
}

/// Registers the counter of requests with every usual series at zero: an alert does not see a counter that begins with
/// one.
fn requests(registry: &mut Registry) -> Counters<3> {
    let requests: Counters<3> = table::REQUESTS.create(registry);
    for class in PathClass::ALL {
        let outcomes = class.outcomes().iter().map(|outcome| (outcome.as_str(), "200"));
        for (outcome, status) in class.refusals().iter().map(|status| ("refused", *status)).chain(outcomes) {
            drop(requests.get_or_create_owned(&request_labels(class, outcome, status)));
        }
    }
    requests
}

fn request_labels(class: PathClass, outcome: &'static str, status: &'static str) -> Labels<3> {
    [("route", class.as_str()), ("outcome", outcome), ("status", status)]
}

fn histograms(metric: &Metric, new: fn() -> Histogram, registry: &mut Registry) -> [Histogram; PathClass::ALL.len()] {
    let family = Family::<Labels<1>, Histogram>::new_with_constructor(new);
    metric.register(registry, family.clone());
    PathClass::ALL.map(|class| family.get_or_create_owned(&[("route", class.as_str())]))
}
