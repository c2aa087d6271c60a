//! The counters of connections, by port.
//!
//! An accepted connection is open, or has ended for one reason, or did not get past its handshake: the numbers add up.

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::table::{self, Counters, Labels};

/// The counters of one port; those of the other port are in the same families.
#[derive(Clone)]
pub(in crate::server) struct Connections {
    port: &'static str,
    open: Family<Labels<1>, Gauge>,
    accepted: Counters<1>,
    accept_errors: Counters<1>,
    ended: Counters<2>,
    handshake_failures: Counters<1>,
}

/// An open connection, until dropped.
pub(in crate::server) struct Open(Gauge);

impl Connections {
    pub(super) fn new(registry: &mut Registry) -> Self {
        Self {
            port: "webhook",
            open: table::CONNECTIONS.handle(registry),
            accepted: table::ACCEPTED.handle(registry),
            accept_errors: table::ACCEPT_ERRORS.handle(registry),
            ended: table::ENDED.handle(registry),
            handshake_failures: table::HANDSHAKE_FAILURES.handle(registry),
        }
    }

    /// Returns the counters of a port, each at zero: an alert does not see a counter that begins with one.
    pub(super) fn of_port(&self, port: &'static str) -> Self {
        let label = [("port", port)];
        drop(self.open.get_or_create_owned(&label));
        drop(self.accepted.get_or_create_owned(&label));
        drop(self.accept_errors.get_or_create_owned(&label));
        Self { port, ..self.clone() }
    }

    /// Creates the counters of these ends and handshake failures at zero.
    pub(in crate::server) fn with_reasons(self, ended: &[&'static str], handshake_failures: &[&'static str]) -> Self {
        ended.iter().for_each(|reason| drop(self.ended.get_or_create_owned(&self.end_labels(reason))));
        let failures = handshake_failures.iter();
        failures.for_each(|reason| drop(self.handshake_failures.get_or_create_owned(&[("reason", *reason)])));
        self
    }

    fn end_labels(&self, reason: &'static str) -> Labels<2> {
        [("port", self.port), ("reason", reason)]
    }

    /// Counts an accepted connection.
    pub(in crate::server) fn accepted(&self) -> Open {
        let port = [("port", self.port)];
        self.accepted.get_or_create(&port).inc();
        let open = self.open.get_or_create_owned(&port);
        open.inc();
        Open(open)
    }

    /// Counts an error of `accept`, which concerns no connection.
    pub(in crate::server) fn not_accepted(&self) {
        self.accept_errors.get_or_create(&[("port", self.port)]).inc();
    }

    /// Counts the end of a connection.
    pub(in crate::server) fn ended(&self, reason: &'static str) {
        self.ended.get_or_create(&self.end_labels(reason)).inc();
    }

    /// Counts a failed handshake.
    pub(in crate::server) fn handshake_failed(&self, reason: &'static str) {
        self.handshake_failures.get_or_create(&[("reason", reason)]).inc();
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}
