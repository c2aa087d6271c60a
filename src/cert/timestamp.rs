//! Timestamps as text.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Formats a time for people and logs: RFC 3339, UTC, whole seconds.
pub fn written(moment: SystemTime) -> String {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    match jiff::Timestamp::from_second(seconds) {
        Ok(timestamp) => timestamp.to_string(),
        Err(_) => "a date outside the supported range".to_owned(),
    }
}
