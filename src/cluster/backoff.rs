//! Pauses between retries.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Returns the pause after this number of failures: up to 10 seconds, with jitter, so that replicas do not retry together.
pub(super) fn pause(failures: u32) -> Duration {
    let base = Duration::from_millis(100 << failures.min(6)).min(Duration::from_secs(10));
    let random = u32::try_from(RandomState::new().hash_one(failures) % 1024).unwrap_or(0);
    base / 2 + base / 2 * random / 1024
}
