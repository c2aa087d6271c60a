//! Durations. The API counts whole seconds (`SleepAction.seconds`, `terminationGracePeriodSeconds`), so no fractions.

use super::Expected;

/// A whole number of seconds, from 1 to [`Seconds::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(i64);

impl Seconds {
    /// A week. The API has no bound of its own, but the kubelet's arithmetic has, and a patch of ours is always valid.
    pub const MAX: i64 = 7 * 24 * 3600;

    /// The number, for the API's fields.
    pub fn get(self) -> i64 {
        self.0
    }

    /// Reads `5`, `5s`, `90s`, `1m30s` or `2h`; `None` for zero, which means "off" wherever we take a duration.
    ///
    /// # Errors
    /// Anything that is not a whole number of seconds between 0 and a week.
    pub fn parse(text: &str) -> Result<Option<Self>, Expected> {
        let seconds = whole_seconds(text)
            .ok_or_else(|| Expected::new("is not a duration; expected whole seconds such as 5, 5s or 1m30s", "5s"))?;
        match seconds {
            0 => Ok(None),
            1..=Self::MAX => Ok(Some(Self(seconds))),
            _ => Err(Expected::new(
                format!("is out of range; expected between 0 and {} seconds, a week", Self::MAX),
                "5s",
            )),
        }
    }
}

/// The wish for `terminationGracePeriodSeconds`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GracePeriod {
    /// Left as it is, also where a preStop sleep would have extended it.
    AsItIs,
    /// This, in total, the preStop sleep included.
    Total(Seconds),
}

fn whole_seconds(text: &str) -> Option<i64> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // Only digits, so the one way to fail is to be too large.
        return Some(text.parse().unwrap_or(i64::MAX));
    }
    // jiff also reads the past ("5s ago") and ISO 8601; what is asked here is a length of time, as Kubernetes writes it.
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
