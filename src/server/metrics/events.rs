//! The counters of events.

use prometheus_client::registry::Registry;

use super::metric::Counters;
use super::table;

/// The result of an occurrence, or of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventResult {
    /// Written to the API server.
    Success,
    /// Counted in an existing event.
    Repeated,
    /// Dropped for lack of tokens.
    Limited,
    /// Not accepted by the API server.
    Failure,
}

impl EventResult {
    const ALL: [Self; 4] = [Self::Success, Self::Repeated, Self::Limited, Self::Failure];

    fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Repeated => "repeated",
            Self::Limited => "limited",
            Self::Failure => "failure",
        }
    }
}

/// The counters of events.
#[derive(Clone)]
pub(crate) struct EventCounters(Counters<1>);

impl EventCounters {
    pub(super) fn new(registry: &mut Registry) -> Self {
        Self(table::EVENTS.create(registry))
    }

    /// Creates every series at zero. A server without events has none of them.
    pub(crate) fn begun(self) -> Self {
        EventResult::ALL.iter().for_each(|result| drop(self.0.get_or_create_owned(&[("result", result.as_str())])));
        self
    }

    pub(crate) fn count(&self, result: EventResult) {
        self.0.get_or_create(&[("result", result.as_str())]).inc();
    }
}
