//! Events on the controllers of Pods: `Injected` and `Skipped`, in `kubectl describe`. Off by default, because they need
//! the right to create events.
//!
//! A review only records an event in memory, and never waits for one. A task writes the events once a second. Events may
//! be lost: for lack of tokens ([`ledger`]), or if the API server refuses one or does not answer.

mod bucket;
mod ledger;
mod note;
mod writing;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use crate::admission::PodController;
use crate::cluster::EventWriter;
use crate::inject::Summary;
use crate::server::metrics::EventCounters;
use crate::server::metrics::EventResult;
use ledger::{Ledger, Recorded};
use note::PodEvent;

/// The recorder of events; clones share it. The default records nothing.
#[derive(Clone, Default)]
pub(crate) struct Events(Option<Arc<Shared>>);

struct Shared {
    ledger: Mutex<Ledger>,
    counters: EventCounters,
}

impl Events {
    /// Starts to write events; without a writer, records none. Needs a Tokio runtime.
    pub(crate) fn start(writer: Option<EventWriter>, counters: &EventCounters) -> Self {
        let Some(writer) = writer else { return Self::default() };
        let ledger = Mutex::new(Ledger::new(Instant::now()));
        let shared = Arc::new(Shared { ledger, counters: counters.clone().begun() });
        tokio::spawn(writing::write_events(Arc::clone(&shared), writer));
        Self(Some(shared))
    }

    /// Records the events about a reviewed Pod. Reads the body only if there are any.
    pub(crate) fn record(&self, body: &[u8], summary: Option<&Summary>) {
        let (Some(shared), Some(summary)) = (&self.0, summary) else { return };
        let Some(controller) = PodController::of(body) else { return };
        for event in PodEvent::all(&controller, summary) {
            match shared.with_ledger(|ledger| ledger.record(event, Instant::now())) {
                Recorded::New => {}
                Recorded::Repeated => shared.counters.count(EventResult::Repeated),
                Recorded::Limited => shared.counters.count(EventResult::Limited),
            }
        }
    }
}

impl Shared {
    fn with_ledger<T>(&self, work: impl FnOnce(&mut Ledger) -> T) -> T {
        // No code panics with the lock held.
        work(&mut self.ledger.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
