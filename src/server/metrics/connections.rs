//! The counters of connections, by port: each is there before the first connection is.
//!
//! A connection that was accepted is open, or has ended in one way, or did not get past its handshake: the numbers add up.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::{Counters, Labels, table};
use crate::server::end_reason::{Ended, HandshakeFailure};

/// Those of all ports.
pub(super) struct Families {
    open: Family<Labels<1>, Gauge>,
    accepted: Counters<1>,
    accept_errors: Counters<1>,
    ended: Counters<2>,
    handshake_failures: Counters<1>,
}

/// Those of one port.
#[derive(Clone)]
pub(in crate::server) struct Connections {
    open: Gauge,
    accepted: Counter,
    accept_errors: Counter,
    ended: Vec<(Ended, Counter)>,
    handshake_failures: Vec<(HandshakeFailure, Counter)>,
}

/// A connection that is open, until dropped.
pub(in crate::server) struct Open(Gauge);

impl Families {
    pub(super) fn new(registry: &mut Registry) -> Self {
        Self {
            open: table::CONNECTIONS.handle(registry, Family::default()),
            accepted: table::ACCEPTED.handle(registry, Family::default()),
            accept_errors: table::ACCEPT_ERRORS.handle(registry, Family::default()),
            ended: table::ENDED.handle(registry, Family::default()),
            handshake_failures: table::HANDSHAKE_FAILURES.handle(registry, Family::default()),
        }
    }

    /// Of the port with TLS.
    pub(super) fn webhook(&self) -> Connections {
        let failed =
            |why: HandshakeFailure| (why, self.handshake_failures.get_or_create_owned(&[("reason", why.word())]));
        Connections { handshake_failures: HandshakeFailure::ALL.map(failed).into(), ..self.of("webhook") }
    }

    pub(super) fn admin(&self) -> Connections {
        self.of("admin")
    }

    fn of(&self, port: &'static str) -> Connections {
        let port = ("port", port);
        let ended = |how: Ended| (how, self.ended.get_or_create_owned(&[port, ("reason", how.word())]));
        Connections {
            open: self.open.get_or_create_owned(&[port]),
            accepted: self.accepted.get_or_create_owned(&[port]),
            accept_errors: self.accept_errors.get_or_create_owned(&[port]),
            ended: Ended::ALL.map(ended).into(),
            handshake_failures: Vec::new(),
        }
    }
}

impl Connections {
    /// Counts one that was accepted.
    pub(in crate::server) fn accepted(&self) -> Open {
        self.accepted.inc();
        self.open.inc();
        Open(self.open.clone())
    }

    /// Counts an error of `accept`, which is nobody's connection.
    pub(in crate::server) fn not_accepted(&self) {
        self.accept_errors.inc();
    }

    /// Counts the end of one.
    pub(in crate::server) fn ended(&self, end: Result<Ended, HandshakeFailure>) {
        let counter = match end {
            Ok(how) => self.ended.iter().find(|(known, _)| *known == how).map(|(_, counter)| counter),
            Err(why) => self.handshake_failures.iter().find(|(known, _)| *known == why).map(|(_, counter)| counter),
        };
        counter.map(Counter::inc);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}
