//! Waiting for a condition.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use crate::Error;

/// The first pause between two looks, and the longest: each is twice the previous one.
const PAUSES: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(200)];

/// Looks again and again until there is a value, at most for `patience`.
pub fn poll<T>(patience: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + patience;
    let [mut pause, longest] = PAUSES;
    loop {
        match look() {
            None if Instant::now() < deadline => sleep(pause),
            found => return found,
        }
        pause = longest.min(pause * 2);
    }
}

/// Waits until `holds` is true. The error begins with `otherwise` and has the last error, if any.
pub fn eventually(
    patience: Duration,
    otherwise: &str,
    mut holds: impl FnMut() -> Result<bool, Error>,
) -> Result<(), Error> {
    let mut last = String::new();
    let held = poll(patience, || {
        let outcome = holds();
        last = outcome.as_ref().err().map_or_else(String::new, |error| format!("; last: {error}"));
        outcome.unwrap_or(false).then_some(())
    });
    held.ok_or_else(|| Error::new(format!("{otherwise} after {} s{last}", patience.as_secs())))
}
