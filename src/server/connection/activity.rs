//! The activity of a connection, and since when: it waits for a request, reads a head, or has requests in flight. A
//! request is in flight from its headers to the last byte handed to the connection.
//!
//! hyper does not report this, and the end of a connection depends on it: podwright may close an idle connection, must
//! finish a busy one, and gives each a limited time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::AsyncRead;
use tokio::time::{Instant, sleep};
use tokio_util::io::InspectReader;

use crate::server::connection::limiter::Limiter;
use crate::server::end_reason::Ended;
use crate::server::limits::Limits;

const LOOK: Duration = Duration::from_millis(50);

/// The activity of one connection; clones share it. Every request writes it and readers poll it, because a notification
/// for each change would cost more than all other bookkeeping of a request.
#[derive(Clone)]
pub(crate) struct Activity(Arc<Mutex<State>>);

struct State {
    waiting: Waiting,
    /// The start of the wait. The first head counts from the connection's beginning, so a late start wins no time.
    since: Instant,
    /// The start of each request by its number: the first is the oldest.
    in_flight: BTreeMap<u64, Instant>,
    begun: u64,
    last_answered: bool,
}

/// The wait of a connection without a request in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    FirstRequest,
    RestOfTheHead,
    NextRequest,
}

pub(crate) struct InFlight {
    activity: Activity,
    number: u64,
}

impl Activity {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            waiting: Waiting::FirstRequest,
            since: Instant::now(),
            in_flight: BTreeMap::new(),
            begun: 0,
            last_answered: false,
        })))
    }

    /// Begins a request. Returns whether it is the only one in flight.
    pub(crate) fn begin(&self) -> (InFlight, bool) {
        let mut state = self.state();
        let alone = state.in_flight.is_empty();
        let number = state.begun;
        state.begun += 1;
        state.in_flight.insert(number, Instant::now());
        (InFlight { activity: self.clone(), number }, alone)
    }

    /// Watches the stream of an HTTP/1.1 connection for the beginning of a head: the first bytes after a pause.
    pub(crate) fn watch<S: AsyncRead>(&self, stream: S) -> InspectReader<S, impl FnMut(&[u8]) + use<S>> {
        let activity = self.clone();
        InspectReader::new(stream, move |bytes: &[u8]| {
            if !bytes.is_empty() {
                activity.received();
            }
        })
    }

    fn received(&self) {
        let mut state = self.state();
        if state.in_flight.is_empty() && state.waiting == Waiting::NextRequest {
            state.since = Instant::now();
        }
        if state.in_flight.is_empty() {
            state.waiting = Waiting::RestOfTheHead;
        }
    }

    /// Returns whether half a head was read and no request is in flight.
    pub(crate) fn is_in_a_head(&self) -> bool {
        let state = self.state();
        state.in_flight.is_empty() && state.waiting == Waiting::RestOfTheHead
    }

    pub(crate) fn has_answered_last(&self) -> bool {
        self.state().last_answered
    }

    /// Waits until the connection has to end: it waited or took too long, or it is idle at the connection limit.
    ///
    /// Polls, because a timer for each request would cost too much.
    pub(crate) async fn overdue(&self, limits: &Limits, limiter: &Limiter) -> Ended {
        loop {
            let (left, end) = self.state().left(limits);
            if left.is_zero() {
                return end;
            }
            tokio::select! {
                () = sleep(left.min(limits.head)) => {}
                () = limiter.at_limit() => {
                    if self.state().idle().is_some_and(|idle| idle >= limits.idle_at_limit) {
                        return Ended::Crowded;
                    }
                }
            }
        }
    }

    /// Waits until no request has been in flight for this time, counted from now.
    pub(crate) async fn quiet_for(&self, time: Duration) {
        let from = Instant::now();
        loop {
            let quiet = self.state().idle().map_or(Duration::ZERO, |idle| idle.min(from.elapsed()));
            if quiet >= time {
                return;
            }
            sleep((time - quiet).min(LOOK)).await;
        }
    }

    /// Ignores poisoning: no code panics with the lock held.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InFlight {
    /// Records that its response is marked as the connection's last.
    pub(crate) fn mark_last(&self) {
        self.activity.state().last_answered = true;
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.in_flight.remove(&self.number);
        if state.in_flight.is_empty() {
            (state.waiting, state.since) = (Waiting::NextRequest, Instant::now());
        }
    }
}

impl State {
    fn idle(&self) -> Option<Duration> {
        self.in_flight.is_empty().then(|| self.since.elapsed())
    }

    /// Returns the time left for the present activity, and the reason to end after it.
    fn left(&self, limits: &Limits) -> (Duration, Ended) {
        let (since, limit, end) = match (self.in_flight.values().next(), self.waiting) {
            (Some(&oldest), _) => (oldest, limits.request, Ended::Request),
            (None, Waiting::FirstRequest) => (self.since, limits.first_request, Ended::FirstRequest),
            (None, Waiting::RestOfTheHead) => (self.since, limits.head, Ended::Head),
            (None, Waiting::NextRequest) => (self.since, limits.idle, Ended::Idle),
        };
        (limit.saturating_sub(since.elapsed()), end)
    }
}
