//! The counters of new configurations and certificates, and of certificate writes to the cluster.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::metric::{Counters, Labels};
use super::table;
use crate::cert::rotation::RotationStep;
use crate::cluster::{CA_BUNDLE, WriteOutcome};

const RESULTS: [&str; 2] = ["success", "failure"];

/// The counters of new versions of one source.
#[derive(Clone, Default)]
pub(crate) struct Reloads {
    succeeded: Counter,
    failed: Counter,
    stale: Gauge,
}

/// The counters of certificates, from files or a cluster.
#[derive(Clone)]
pub(crate) struct CertificateMetrics {
    pub(crate) serving: Reloads,
    pub(crate) client_ca: Reloads,
    pub(crate) writes: CertificateWrites,
}

/// The counters of certificate writes to the cluster.
#[derive(Clone)]
pub(crate) struct CertificateWrites(Counters<2>);

impl Reloads {
    pub(super) fn of_configuration(registry: &mut Registry) -> Self {
        let reloads: Counters<1> = table::RELOADS.create(registry);
        let [succeeded, failed] = RESULTS.map(|result| reloads.get_or_create_owned(&[("result", result)]));
        Self { succeeded, failed, stale: table::STALE.create(registry) }
    }

    pub(crate) fn succeeded(&self) {
        self.succeeded.inc();
        self.stale.set(0);
    }

    pub(crate) fn failed(&self) {
        self.failed.inc();
        self.stale.set(1);
    }
}

impl CertificateMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let reloads: Counters<2> = table::CERTIFICATE_RELOADS.create(registry);
        let stale: Family<Labels<1>, Gauge> = table::CERTIFICATE_STALE.create(registry);
        let [serving, client_ca] = ["serving", "client_ca"].map(|certificate| {
            let label = ("certificate", certificate);
            let [succeeded, failed] = RESULTS.map(|result| reloads.get_or_create_owned(&[label, ("result", result)]));
            Reloads { succeeded, failed, stale: stale.get_or_create_owned(&[label]) }
        });
        Self { serving, client_ca, writes: CertificateWrites(table::RENEWALS.create(registry)) }
    }
}

impl CertificateWrites {
    /// Creates every series at zero. A server with certificate files has none of them.
    pub(crate) fn begun(self) -> Self {
        for step in RotationStep::WORDS.into_iter().chain([CA_BUNDLE]) {
            let outcomes = [WriteOutcome::Success, WriteOutcome::Conflict, WriteOutcome::Failure];
            outcomes.iter().for_each(|outcome| drop(self.counter(step, *outcome)));
        }
        self
    }

    pub(crate) fn count(&self, step: &'static str, outcome: WriteOutcome) {
        self.counter(step, outcome).inc();
    }

    fn counter(&self, step: &'static str, outcome: WriteOutcome) -> Counter {
        let result = match outcome {
            WriteOutcome::Success => "success",
            WriteOutcome::Conflict => "conflict",
            WriteOutcome::Failure => "failure",
        };
        self.0.get_or_create_owned(&[("what", step), ("result", result)])
    }
}
