//! A token bucket: a burst, and then a steady rate.

use tokio::time::Instant;

/// The limit of a bucket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    /// The tokens of a full bucket.
    pub(super) burst: f64,
    /// The tokens that a bucket gains in a second.
    pub(super) per_second: f64,
}

/// The tokens at one time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    pub(super) fn full(rate: Rate, now: Instant) -> Self {
        Self { tokens: rate.burst, at: now }
    }

    /// Adds the tokens since the last call.
    pub(super) fn refill(&mut self, rate: Rate, now: Instant) {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * rate.per_second;
        *self = Self { tokens: (self.tokens + gained).min(rate.burst), at: now };
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tokens < 1.0
    }

    pub(super) fn is_full(&self, rate: Rate) -> bool {
        self.tokens >= rate.burst
    }

    pub(super) fn take(&mut self) {
        self.tokens -= 1.0;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Takes as many tokens as there are.
    fn drained(bucket: &mut Bucket) -> usize {
        (0..1000)
            .take_while(|_| {
                !bucket.is_empty() && {
                    bucket.take();
                    true
                }
            })
            .count()
    }

    #[test]
    fn it_has_a_burst_and_then_a_rate_and_never_more_than_the_burst() {
        let (rate, start) = (Rate { burst: 10.0, per_second: 0.5 }, Instant::now());
        let mut bucket = Bucket::full(rate, start);
        assert!(bucket.is_full(rate));
        assert_eq!(drained(&mut bucket), 10);
        for (seconds, expected) in [(1, 0), (2, 1), (10, 4), (1000, 10)] {
            bucket.refill(rate, start + Duration::from_secs(seconds));
            assert_eq!(drained(&mut bucket), expected, "after {seconds} s");
        }
    }

    #[test]
    fn a_clock_that_stands_still_gives_nothing() {
        let (rate, start) = (Rate { burst: 1.0, per_second: 1.0 }, Instant::now());
        let mut bucket = Bucket::full(rate, start);
        bucket.take();
        bucket.refill(rate, start);
        assert!(bucket.is_empty());
    }
}
