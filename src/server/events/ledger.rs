//! The known events, within the limits of the process and of each Namespace.
//!
//! A new event takes a token of its Namespace and one of the process, and so does each later write of its count. A
//! forgotten event costs nothing. So the tokens bound both the memory and the requests, whatever tenants do.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::bucket::{Bucket, Rate};
use super::note::PodEvent;
use crate::cluster::Occurrences;

/// The limit of one replica: a rollout of a few hundred workloads at once, and then 18,000 events in the hour for which
/// API servers keep them.
const PROCESS: Rate = Rate { burst: 500.0, per_second: 5.0 };
/// The limit of one Namespace. Its steady part is a twenty-fifth of the process's.
const NAMESPACE: Rate = Rate { burst: 100.0, per_second: 0.2 };
/// The time between two writes of one event.
const REPEAT: Duration = Duration::from_secs(10);
/// The time after which an event without an occurrence is forgotten, as in client-go.
const FORGET: Duration = Duration::from_secs(6 * 60);
/// The most known events: as many as the tokens grant within [`FORGET`]. Events are forgotten between rounds of writes, and
/// a slow API server delays the next round.
const KNOWN: usize = 2300;
/// The most writes of a round. At the API server's slowest, a round lasts for eight minutes.
const WRITES: usize = 50;

/// The known events and the tokens.
pub(super) struct Ledger {
    process: Bucket,
    /// The Namespaces without a full bucket.
    namespaces: HashMap<String, Bucket>,
    events: HashMap<PodEvent, Known>,
}

struct Known {
    name: String,
    occurrences: Occurrences,
    /// The number of occurrences that the API server knows; zero before the first write.
    written: i32,
    written_at: Instant,
    seen_at: Instant,
}

/// The result of recording an occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recorded {
    /// A new event.
    New,
    /// Counted in a known event.
    Repeated,
    /// Dropped for lack of tokens.
    Limited,
}

/// An event to write.
#[derive(Debug)]
pub(super) struct DueWrite {
    pub(super) event: PodEvent,
    pub(super) name: String,
    pub(super) occurrences: Occurrences,
    /// True if the event was never written.
    pub(super) is_new: bool,
}

impl Ledger {
    pub(super) fn new(now: Instant) -> Self {
        Self { process: Bucket::full(PROCESS, now), namespaces: HashMap::new(), events: HashMap::new() }
    }

    /// Records an occurrence.
    pub(super) fn record(&mut self, event: PodEvent, now: Instant) -> Recorded {
        let at = Timestamp::now();
        if let Some(known) = self.events.get_mut(&event) {
            known.occurrences.count = known.occurrences.count.saturating_add(1);
            (known.occurrences.last, known.seen_at) = (at, now);
            return Recorded::Repeated;
        }
        if self.events.len() >= KNOWN || !self.takes_tokens(&event.controller.namespace, now) {
            return Recorded::Limited;
        }
        let occurrences = Occurrences { first: at, last: at, count: 1 };
        let known = Known { name: name(&event), occurrences, written: 0, written_at: now, seen_at: now };
        self.events.insert(event, known);
        Recorded::New
    }

    /// Returns the events to write in this round, and forgets old ones.
    pub(super) fn due(&mut self, now: Instant) -> Vec<DueWrite> {
        self.events.retain(|_, known| now.saturating_duration_since(known.seen_at) < FORGET);
        self.namespaces.retain(|_, bucket| {
            bucket.refill(NAMESPACE, now);
            !bucket.is_full(NAMESPACE)
        });
        let changed: Vec<PodEvent> =
            self.events.iter().filter(|(_, known)| known.is_due(now)).map(|(event, _)| event.clone()).collect();
        changed.into_iter().filter_map(|event| self.write(event, now)).take(WRITES).collect()
    }

    fn write(&mut self, event: PodEvent, now: Instant) -> Option<DueWrite> {
        let is_new = self.events.get(&event)?.written == 0;
        if !is_new && !self.takes_tokens(&event.controller.namespace, now) {
            return None;
        }
        let known = self.events.get_mut(&event)?;
        (known.written, known.written_at) = (known.occurrences.count, now);
        Some(DueWrite { name: known.name.clone(), occurrences: known.occurrences, is_new, event })
    }

    /// Forgets an event that the API server does not have, so that the next occurrence creates it.
    pub(super) fn forget(&mut self, event: &PodEvent) {
        self.events.remove(event);
    }

    fn takes_tokens(&mut self, namespace: &str, now: Instant) -> bool {
        self.process.refill(PROCESS, now);
        if self.process.is_empty() {
            return false;
        }
        let own = self.namespaces.get(namespace).copied();
        let mut own = own.unwrap_or_else(|| Bucket::full(NAMESPACE, now));
        own.refill(NAMESPACE, now);
        let granted = !own.is_empty();
        if granted {
            own.take();
            self.process.take();
            self.namespaces.insert(namespace.to_owned(), own);
        }
        granted
    }
}

impl Known {
    fn is_due(&self, now: Instant) -> bool {
        let is_new = self.written == 0;
        is_new || self.occurrences.count > self.written && now.saturating_duration_since(self.written_at) >= REPEAT
    }
}

/// Returns a name that no other event has, also of another replica.
fn name(event: &PodEvent) -> String {
    format!("podwright.{:016x}", RandomState::new().hash_one(event))
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;
    use crate::admission::PodController;

    fn event(namespace: &str, owner: usize) -> PodEvent {
        let controller = PodController {
            namespace: namespace.to_owned(),
            api_version: "apps/v1".to_owned(),
            kind: "ReplicaSet".to_owned(),
            name: format!("web-{owner}"),
            uid: format!("u-{owner}"),
        };
        PodEvent { controller, kind: "Normal", reason: "Injected", note: "n".to_owned() }
    }

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    /// Records events of this many owners; returns the number that was not limited.
    fn flood(ledger: &mut Ledger, namespace: &str, owners: Range<usize>, now: Instant) -> usize {
        owners.filter(|owner| ledger.record(event(namespace, *owner), now) != Recorded::Limited).count()
    }

    #[test]
    fn equal_events_are_one_with_a_count() {
        let start = Instant::now();
        let mut ledger = Ledger::new(start);
        assert_eq!(ledger.record(event("shop", 1), start), Recorded::New);
        assert_eq!(ledger.record(event("shop", 1), start), Recorded::Repeated);
        let first = ledger.due(start);
        assert!(matches!(first.as_slice(), [one] if one.is_new && one.occurrences.count == 2), "{first:?}");
        assert!(ledger.due(after(start, 60)).is_empty(), "nothing has happened since");
        assert_eq!(ledger.record(event("shop", 1), after(start, 61)), Recorded::Repeated);
        let again = ledger.due(after(start, 61));
        assert!(matches!(again.as_slice(), [one] if !one.is_new && one.occurrences.count == 3), "{again:?}");
        assert_eq!(first.first().map(|one| &one.name), again.first().map(|one| &one.name));
        ledger.record(event("shop", 1), after(start, 62));
        assert!(ledger.due(after(start, 62)).is_empty(), "a count is written at most every ten seconds");
        assert_eq!(ledger.due(after(start, 71)).len(), 1);
    }

    #[test]
    fn a_namespace_cannot_use_up_the_events_of_another() {
        let start = Instant::now();
        let mut ledger = Ledger::new(start);
        assert_eq!(flood(&mut ledger, "noisy", 0..5000, start), 100);
        assert_eq!(flood(&mut ledger, "quiet", 0..50, start), 50);
        // 0.2 in a second.
        let later = after(start, 100);
        assert_eq!(flood(&mut ledger, "noisy", 5000..10_000, later), 20);
    }

    #[test]
    fn the_process_has_a_limit_over_all_namespaces() {
        let start = Instant::now();
        let mut ledger = Ledger::new(start);
        let all: usize = (0..1000).map(|n| flood(&mut ledger, &format!("n-{n}"), 0..10, start)).sum();
        assert_eq!(all, 500);
    }

    /// Ten minutes, in which the first events are forgotten.
    #[test]
    fn a_long_flood_stays_within_the_memory_and_the_requests() {
        let start = Instant::now();
        let (mut ledger, mut writes) = (Ledger::new(start), 0);
        for (second, owner) in (0..600).zip(0..) {
            let now = after(start, second);
            for namespace in 0..50 {
                flood(&mut ledger, &format!("n-{namespace}"), owner..owner + 1, now);
            }
            writes += ledger.due(now).len();
            assert!(ledger.events.len() <= KNOWN, "{} events", ledger.events.len());
            assert!(ledger.namespaces.len() <= 50);
        }
        assert!((3490..=3500).contains(&writes), "{writes}");
        ledger.due(after(start, 10_000));
        assert!(ledger.events.is_empty() && ledger.namespaces.is_empty());
    }

    /// An hour without a new round, as if each write of the last one waited for its timeout.
    #[test]
    fn slow_writes_raise_neither_the_memory_nor_the_length_of_a_round() {
        let start = Instant::now();
        let mut ledger = Ledger::new(start);
        for (second, owner) in (0..3600).zip(0..) {
            for namespace in 0..50 {
                flood(&mut ledger, &format!("n-{namespace}"), owner..owner + 1, after(start, second));
            }
        }
        assert_eq!(ledger.events.len(), KNOWN);
        assert_eq!(ledger.due(after(start, 400)).len(), WRITES);
    }

    #[test]
    fn an_event_that_was_not_created_is_new_again() {
        let start = Instant::now();
        let mut ledger = Ledger::new(start);
        ledger.record(event("shop", 1), start);
        for write in ledger.due(start) {
            ledger.forget(&write.event);
        }
        assert_eq!(ledger.record(event("shop", 1), start), Recorded::New);
    }
}
