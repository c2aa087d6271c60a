//! What Prometheus reads on the admin port: counted here from what `admission` says, which knows nothing of it.
//!
//! A request costs a few atomic additions: its counters are there before it is. Never a name from a request as a label's
//! value: one who creates Pods could make as many series as memory holds.

mod asked;
mod connections;
mod exposition;
mod process;
mod renewals;
mod route;
pub mod table;

use std::time::Duration;

use axum::http::StatusCode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::admission::AnswerKind;
use crate::annotation::Settings;
use crate::inject::Count;
use crate::server::tls::Told;
use asked::Asked;
pub(super) use asked::Standing;
pub(super) use connections::Connections;
use connections::Families;
pub(super) use exposition::router;
pub(super) use renewals::Renewals;
pub(super) use route::Path;
use route::{OfRoute, durations, labels, sizes, word};
use table::Metric;

type Labels<const N: usize> = [(&'static str, &'static str); N];
type Counters<const N: usize> = Family<Labels<N>, Counter>;
type Histograms = Family<Labels<1>, Histogram>;

/// All metrics of one server.
pub(super) struct Metrics {
    registry: Registry,
    /// Without a prefix of ours.
    process: Registry,
    connections: Families,
    in_flight: Gauge,
    requests: Counters<3>,
    pods: OfRoute,
    namespace: OfRoute,
    workloads: OfRoute,
    other: OfRoute,
    /// By key, each there from the start.
    injections: Vec<(&'static str, Counter)>,
    reasons: Counters<3>,
    reloads: Reloads,
    certificate_reloads: (Reloads, Reloads),
    renewals: Renewals,
}

/// A request that is not answered yet, until dropped.
pub(super) struct InFlight<'a>(&'a Gauge);

/// What became of new versions of what is followed.
#[derive(Clone, Default)]
pub(crate) struct Reloads {
    succeeded: Counter,
    failed: Counter,
    stale: Gauge,
}

impl Metrics {
    /// With the requests in flight counted there.
    pub(super) fn new(in_flight: Gauge) -> Self {
        let mut registry = Registry::with_prefix(table::PREFIX);
        let requests = table::REQUESTS.handle(&mut registry, Counters::<3>::default());
        let durations = table::DURATION.handle(&mut registry, durations());
        let bodies = table::BODY.handle(&mut registry, sizes());
        let of = |path: Path| OfRoute::new(path, &requests, (&durations, &bodies));
        let [pods, namespace, workloads, other] = [Path::Pods, Path::Namespace, Path::Workloads, Path::Other].map(of);
        let injections = table::INJECTIONS.handle(&mut registry, Counters::<1>::default());
        let injections = Settings::KEYS.iter().map(|key| (*key, injections.get_or_create_owned(&[("key", *key)])));
        let injections = injections.collect();
        let reasons = table::REASONS.handle(&mut registry, Counters::<3>::default());
        let reloads = Reloads::new(&mut registry);
        let certificate_reloads = Reloads::of_certificates(&mut registry);
        let renewals = Renewals::new(&mut registry);
        table::BUILD.register(&mut registry, Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        let connections = Families::new(&mut registry);
        table::IN_FLIGHT.register(&mut registry, in_flight.clone());
        let mut process = Registry::default();
        process::metrics().into_iter().for_each(|asked| process.register_collector(Box::new(asked)));
        Self {
            registry,
            process,
            connections,
            in_flight,
            requests,
            pods,
            namespace,
            workloads,
            other,
            injections,
            reasons,
            reloads,
            certificate_reloads,
            renewals,
        }
    }

    /// The same with a metric that is looked up whenever somebody asks.
    pub(super) fn and_asked(
        mut self,
        metric: &'static Metric,
        look: impl Fn() -> Standing + Send + Sync + 'static,
    ) -> Self {
        self.registry.register_collector(Box::new(Asked { metric, look: Box::new(look) }));
        self
    }

    /// A request has begun.
    pub(super) fn begun(&self) -> InFlight<'_> {
        self.in_flight.inc();
        InFlight(&self.in_flight)
    }

    /// For the webhook's listener.
    pub(super) fn webhook_connections(&self) -> Connections {
        self.connections.webhook()
    }

    /// For the admin port's.
    pub(super) fn admin_connections(&self) -> Connections {
        self.connections.admin()
    }

    /// Counts a request that was answered: with a review, or refused.
    pub(super) fn request(&self, path: Path, answer: (Option<AnswerKind>, StatusCode), duration: Duration) {
        let route = self.of(path);
        match answer {
            (Some(outcome), _) => route.answered(outcome).inc(),
            (None, status) => self.requests.get_or_create(&labels(path, "refused", word(status))).inc(),
        };
        route.duration.observe(duration.as_secs_f64());
    }

    /// Counts a body that was read to its end.
    pub(super) fn body(&self, path: Path, bytes: usize) {
        // Exact: it has 64 MiB at most.
        self.of(path).body.observe(bytes as f64);
    }

    /// Counts what became of the wishes for a Pod.
    pub(super) fn wishes(&self, counts: &[Count]) {
        for Count { key, outcome, reason, number } in counts {
            let in_force = matches!(*outcome, "in_force" | "noted" | "doubtful" | "adjusted");
            if let Some((_, counter)) = self.injections.iter().find(|(known, _)| in_force && known == key) {
                counter.inc_by(*number);
            }
            if !reason.is_empty() {
                let key = if key.is_empty() { "other" } else { key };
                self.reasons.get_or_create(&[("key", key), ("outcome", *outcome), ("reason", *reason)]).inc_by(*number);
            }
        }
    }

    /// For whoever follows the file.
    pub(super) fn reloads(&self) -> Reloads {
        self.reloads.clone()
    }

    /// For whoever follows the certificate's files, that of the clients' CAs, or keeps both in a cluster.
    pub(super) fn certificates(&self) -> Told {
        let (serving, client_ca) = self.certificate_reloads.clone();
        Told { serving, client_ca, kept: self.renewals.clone() }
    }

    fn of(&self, path: Path) -> &OfRoute {
        match path {
            Path::Pods => &self.pods,
            Path::Namespace => &self.namespace,
            Path::Workloads => &self.workloads,
            Path::Other => &self.other,
        }
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Reloads {
    fn new(registry: &mut Registry) -> Self {
        let reloads = table::RELOADS.handle(registry, Counters::<1>::default());
        let [succeeded, failed] =
            ["success", "failure"].map(|result| reloads.get_or_create_owned(&[("result", result)]));
        Self { succeeded, failed, stale: table::STALE.handle(registry, Gauge::default()) }
    }

    /// Of the serving certificate, and of the clients' CAs.
    fn of_certificates(registry: &mut Registry) -> (Self, Self) {
        let reloads = table::CERTIFICATE_RELOADS.handle(registry, Counters::<2>::default());
        let stale = table::CERTIFICATE_STALE.handle(registry, Family::<Labels<1>, Gauge>::default());
        let of = |certificate: &'static str| {
            let label = ("certificate", certificate);
            let [succeeded, failed] =
                ["success", "failure"].map(|result| reloads.get_or_create_owned(&[label, ("result", result)]));
            Self { succeeded, failed, stale: stale.get_or_create_owned(&[label]) }
        };
        (of("serving"), of("client_ca"))
    }

    /// A new version is in force.
    pub(super) fn succeeded(&self) {
        self.succeeded.inc();
        self.stale.set(0);
    }

    /// A new version cannot be used.
    pub(super) fn failed(&self) {
        self.failed.inc();
        self.stale.set(1);
    }
}
