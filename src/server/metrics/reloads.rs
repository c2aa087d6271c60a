//! The counters of new configurations and certificates, and of writes of the certificates that a cluster keeps.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::table::{self, Counters, Labels};
use crate::cert::rotation::RotationStep;
use crate::cluster::{CA_BUNDLE, WriteOutcome};

/// The counters of new versions of one source.
#[derive(Clone, Default)]
pub(crate) struct Reloads {
    succeeded: Counter,
    failed: Counter,
    stale: Gauge,
}

/// The counters of certificates, from files or a cluster.
#[derive(Clone)]
pub(in crate::server) struct CertificateMetrics {
    pub(in crate::server) serving: Reloads,
    pub(in crate::server) client_ca: Reloads,
    pub(in crate::server) writes: CertificateWrites,
}

/// The counters of writes of certificates to the cluster.
#[derive(Clone)]
pub(in crate::server) struct CertificateWrites(Counters<2>);

impl Reloads {
    pub(super) fn of_configuration(registry: &mut Registry) -> Self {
        let reloads: Counters<1> = table::RELOADS.handle(registry);
        let [succeeded, failed] = ["success", "failure"].map(|word| reloads.get_or_create_owned(&[("result", word)]));
        Self { succeeded, failed, stale: table::STALE.handle(registry) }
    }

    /// Counts a new version that is in force.
    pub(crate) fn succeeded(&self) {
        self.succeeded.inc();
        self.stale.set(0);
    }

    /// Counts a new version that cannot be used.
    pub(crate) fn failed(&self) {
        self.failed.inc();
        self.stale.set(1);
    }
}

impl CertificateMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let reloads: Counters<2> = table::CERTIFICATE_RELOADS.handle(registry);
        let stale: Family<Labels<1>, Gauge> = table::CERTIFICATE_STALE.handle(registry);
        let of = |certificate: &'static str| {
            let label = ("certificate", certificate);
            let [succeeded, failed] =
                ["success", "failure"].map(|word| reloads.get_or_create_owned(&[label, ("result", word)]));
            Reloads { succeeded, failed, stale: stale.get_or_create_owned(&[label]) }
        };
        let (serving, client_ca) = (of("serving"), of("client_ca"));
        Self { serving, client_ca, writes: CertificateWrites(table::RENEWALS.handle(registry)) }
    }
}

impl CertificateWrites {
    /// Creates every series at zero, so that the first write is one more. A server with certificate files has none of them.
    pub(in crate::server) fn begun(self) -> Self {
        for step in RotationStep::WORDS.into_iter().chain([CA_BUNDLE]) {
            for outcome in [WriteOutcome::Success, WriteOutcome::Conflict, WriteOutcome::Failure] {
                drop(self.counter(step, outcome));
            }
        }
        self
    }

    /// Counts a write.
    pub(in crate::server) fn count(&self, step: &'static str, outcome: WriteOutcome) {
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
