//! What was written for the certificates that a cluster keeps.

use prometheus_client::registry::Registry;

use super::{Counters, table};
use crate::cert::rotation::RotationStep;
use crate::cluster::{CA_BUNDLE, WriteOutcome};

/// The results, as the label has them.
const RESULTS: [&str; 3] = ["success", "conflict", "failure"];

/// By what was written, and what became of it.
#[derive(Clone)]
pub(in crate::server) struct Renewals(Counters<2>);

impl Renewals {
    pub(super) fn new(registry: &mut Registry) -> Self {
        Self(table::RENEWALS.handle(registry, Counters::<2>::default()))
    }

    /// The same with every series at zero: whoever keeps certificates has them before the first write, which is one more
    /// than none. Whoever serves from files never has any.
    pub(in crate::server) fn begun(self) -> Self {
        for what in RotationStep::WORDS.into_iter().chain([CA_BUNDLE]) {
            RESULTS.iter().for_each(|result| drop(self.0.get_or_create_owned(&[("what", what), ("result", *result)])));
        }
        self
    }

    /// Counts one.
    pub(in crate::server) fn count(&self, what: &'static str, outcome: WriteOutcome) {
        let [success, conflict, failure] = RESULTS;
        let result = match outcome {
            WriteOutcome::Success => success,
            WriteOutcome::Conflict => conflict,
            WriteOutcome::Failure => failure,
        };
        self.0.get_or_create(&[("what", what), ("result", result)]).inc();
    }
}
