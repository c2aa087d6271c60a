//! The heartbeat of the runtime that answers reviews. A task of that runtime records the time every second; liveness, on
//! another thread, checks the age of that record.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_secs(1);

/// The time of the last beat; clones share it.
#[derive(Clone)]
pub(crate) struct Heartbeat {
    begun: Instant,
    /// Milliseconds from `begun` to the last beat.
    last: Arc<AtomicU64>,
    tolerance: Duration,
}

impl Heartbeat {
    /// Returns a heartbeat that may be late by `tolerance`.
    pub(crate) fn new(tolerance: Duration) -> Self {
        Self { begun: Instant::now(), last: Arc::default(), tolerance }
    }

    /// Beats for as long as its runtime runs tasks.
    pub(crate) async fn beat(self) {
        loop {
            self.last.store(self.milliseconds(), Ordering::Relaxed);
            tokio::time::sleep(INTERVAL).await;
        }
    }

    /// Returns the age of the last beat if it is too old.
    pub(crate) fn overdue(&self) -> Option<Duration> {
        let age = Duration::from_millis(self.milliseconds().saturating_sub(self.last.load(Ordering::Relaxed)));
        (age > INTERVAL + self.tolerance).then_some(age)
    }

    fn milliseconds(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
