//! The counters of connections, by port.
//!
//! Each accepted connection is open, has ended for one reason, or failed in its handshake: the numbers add up.

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::metric::{Counters, Labels};
use super::table;
use crate::server::end_reason::{Ended, HandshakeFailure};

/// The counters of one port. Both ports share the families.
#[derive(Clone)]
pub(crate) struct Connections {
    port: &'static str,
    open: Family<Labels<1>, Gauge>,
    accepted: Counters<1>,
    accept_errors: Counters<1>,
    ended: Counters<2>,
    handshake_failures: Counters<1>,
}

/// A request or a connection in a gauge, until dropped.
pub(crate) struct InFlight(Gauge);

impl Connections {
    /// Registers the families. Returns the counters of the webhook's port.
    pub(super) fn webhook(registry: &mut Registry) -> Self {
        let families = Self {
            port: "webhook",
            open: table::CONNECTIONS.create(registry),
            accepted: table::ACCEPTED.create(registry),
            accept_errors: table::ACCEPT_ERRORS.create(registry),
            ended: table::ENDED.create(registry),
            handshake_failures: table::HANDSHAKE_FAILURES.create(registry),
        };
        for failure in HandshakeFailure::ALL {
            drop(families.handshake_failures.get_or_create_owned(&[("reason", failure.word())]));
        }
        families.of_port("webhook")
    }

    pub(super) fn admin(&self) -> Self {
        self.of_port("admin")
    }

    /// Creates each counter at zero: an alert does not see a counter that begins with one.
    fn of_port(&self, port: &'static str) -> Self {
        let counters = Self { port, ..self.clone() };
        drop(counters.open.get_or_create_owned(&counters.label()));
        drop(counters.accepted.get_or_create_owned(&counters.label()));
        drop(counters.accept_errors.get_or_create_owned(&counters.label()));
        Ended::ALL.iter().for_each(|reason| drop(counters.ended.get_or_create_owned(&counters.end_labels(*reason))));
        counters
    }

    fn label(&self) -> Labels<1> {
        [("port", self.port)]
    }

    fn end_labels(&self, reason: Ended) -> Labels<2> {
        [("port", self.port), ("reason", reason.word())]
    }

    /// Counts an accepted connection, which is open until the result is dropped.
    pub(crate) fn accepted(&self) -> InFlight {
        self.accepted.get_or_create(&self.label()).inc();
        InFlight::new(&self.open.get_or_create(&self.label()))
    }

    pub(crate) fn not_accepted(&self) {
        self.accept_errors.get_or_create(&self.label()).inc();
    }

    pub(crate) fn ended(&self, reason: Ended) {
        self.ended.get_or_create(&self.end_labels(reason)).inc();
    }

    pub(crate) fn handshake_failed(&self, reason: HandshakeFailure) {
        self.handshake_failures.get_or_create(&[("reason", reason.word())]).inc();
    }
}

impl InFlight {
    pub(super) fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}
