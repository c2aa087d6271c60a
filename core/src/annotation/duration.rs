//! Durations in whole seconds. The API has no fractions (`SleepAction.seconds`, `terminationGracePeriodSeconds`).

use super::Expected;
use crate::text::shorten;

/// A whole number of seconds, from 1 to [`Seconds::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(i64);

impl Seconds {
    /// A week. The API has no limit, but the kubelet's arithmetic has one.
    pub const MAX: i64 = 7 * 24 * 3600;

    /// Returns the number of seconds, for the API's fields.
    pub fn get(self) -> i64 {
        self.0
    }

    /// Parses `5`, `5s`, `90s`, `1m30s` or `2h`. Returns `None` for zero, which turns a setting off.
    ///
    /// # Errors
    /// The text is not a whole number of seconds from 0 to a week.
    pub fn parse(text: &str) -> Result<Option<Self>, Expected> {
        let invalid = |accepted| Expected::new(format!("invalid duration \"{}\": {accepted}", shorten(text)), "");
        match whole_seconds(text) {
            Some(0) => Ok(None),
            Some(seconds @ 1..=Self::MAX) => Ok(Some(Self(seconds))),
            Some(_) => Err(invalid("expected at most a week, 604800 seconds or 168h")),
            None => Err(invalid("expected whole seconds such as 5s, 5 or 1m30s")),
        }
    }
}

/// A setting for `terminationGracePeriodSeconds`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GracePeriod {
    /// The Pod's own period, unchanged. A preStop sleep does not extend it either.
    AsItIs,
    /// The whole period, including the preStop sleep.
    Total(Seconds),
}

fn whole_seconds(text: &str) -> Option<i64> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // A text of digits fails to parse only if the number is too large.
        return Some(text.parse().unwrap_or(i64::MAX));
    }
    // jiff also accepts the past ("5s ago") and ISO 8601 ("PT5S"), which Kubernetes does not write.
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.contains("ago") {
        return None;
    }
    let duration: jiff::SignedDuration = text.parse().ok()?;
    (duration.subsec_nanos() == 0 && !duration.is_negative()).then(|| duration.as_secs())
}

impl std::fmt::Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}s", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Seconds;

    #[test]
    fn durations_that_are_understood() {
        for (text, seconds) in [("5", 5), ("5s", 5), ("1m30s", 90), ("2h", 7200), ("168h", Seconds::MAX), ("1m 5s", 65)]
        {
            assert_eq!(Seconds::parse(text).map(|s| s.map(Seconds::get)), Ok(Some(seconds)), "{text}");
        }
        assert_eq!(Seconds::parse("0"), Ok(None));
        assert_eq!(Seconds::parse("0s"), Ok(None));
    }

    #[test]
    fn durations_that_are_refused() {
        let huge = "9".repeat(40);
        for text in [
            "", "-5s", "-5", "5s ago", "1.5s", "500ms", "soon", "5 apples", "168h1s", "604801", &huge, "PT5S", "+5",
            "5d", "٥",
        ] {
            assert!(Seconds::parse(text).is_err(), "{text}");
        }
    }
}
