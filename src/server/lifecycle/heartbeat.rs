//! The heartbeat of the runtime that answers reviews. A task of that runtime records the time every second; liveness, on
//! another thread, checks the age of that record.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_secs(1);

/// The time of the last beat; clones share it.
#[derive(Clone)]
pub(crate) struct Heartbeat {
    begun: Instant,
    /// Milliseconds since then.
    last: Arc<AtomicU64>,
    late: Duration,
}

impl Heartbeat {
    /// A heartbeat that may be late by this much.
    pub(crate) fn new(late: Duration) -> Self {
        Self { begun: Instant::now(), last: Arc::default(), late }
    }

    /// Beats for as long as its runtime runs tasks.
    pub(crate) async fn beat(self) {
        loop {
            self.last.store(self.milliseconds(), Ordering::Relaxed);
            tokio::time::sleep(EVERY).await;
        }
    }

    /// How long ago the last beat was, where that is too long.
    pub(crate) fn overdue(&self) -> Option<Duration> {
        let since = Duration::from_millis(self.milliseconds().saturating_sub(self.last.load(Ordering::Relaxed)));
        (since > EVERY + self.late).then_some(since)
    }

    fn milliseconds(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
