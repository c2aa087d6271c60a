//! What was written for the certificates that a cluster keeps.

use prometheus_client::registry::Registry;

use super::{Counters, table};
use crate::cluster::Outcome;

/// By what was written, and what became of it. There is no series before the first: most servers of files have none.
#[derive(Clone)]
pub(in crate::server) struct Renewals(Counters<2>);

impl Renewals {
    pub(super) fn new(registry: &mut Registry) -> Self {
        Self(table::RENEWALS.handle(registry, Counters::<2>::default()))
    }

    /// Counts one.
    pub(in crate::server) fn count(&self, what: &'static str, outcome: Outcome) {
        let result = match outcome {
            Outcome::Success => "success",
            Outcome::Conflict => "conflict",
            Outcome::Failure => "failure",
        };
        self.0.get_or_create(&[("what", what), ("result", result)]).inc();
    }
}
