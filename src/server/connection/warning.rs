//! Warnings that a client can cause at will: at most one in ten seconds.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

const INTERVAL: Duration = Duration::from_secs(10);

/// The time of the last warning of one kind.
#[derive(Default)]
pub(super) struct RareWarning(Mutex<Option<Instant>>);

impl RareWarning {
    /// Returns whether the warning is due again, and if so, records it as logged now.
    pub(super) fn is_due(&self) -> bool {
        // No code panics with the lock held.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|last| last.elapsed() >= INTERVAL);
        *last = if due { Some(Instant::now()) } else { *last };
        due
    }
}
