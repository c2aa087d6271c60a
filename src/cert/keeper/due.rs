//! How long certificates live, and when they are renewed.

use std::time::{Duration, SystemTime};

use crate::cert::Certificate;
use crate::cert::Validity;

/// How far a clock may be behind, and a certificate that was made now is valid there. Not part of its life.
const BACKDATED: Duration = Duration::from_secs(60 * 60);

/// The longest that an API server may take to heed a changed configuration: it is about one second, and some are busy.
const SETTLED: Duration = Duration::from_secs(10);

/// For how long certificates are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lives {
    leaf: Duration,
    authority: Duration,
}

impl Lives {
    /// # Errors
    /// Where a life has no second, or a CA would not outlive three of its serving certificates: it is replaced at two thirds
    /// of its own life, and the last certificate that it signs is to live as long as any.
    pub fn new(leaf: Duration, authority: Duration) -> Result<Self, String> {
        if leaf < Duration::from_secs(1) {
            return Err("a serving certificate has to live for a second at least".to_owned());
        }
        if authority < leaf.saturating_mul(3) {
            return Err("the CA has to live for three times as long as a serving certificate, or longer".to_owned());
        }
        Ok(Self { leaf, authority })
    }

    pub(super) fn leaf(self, now: SystemTime) -> Validity {
        Validity::beginning(now, BACKDATED, self.leaf)
    }

    pub(super) fn authority(self, now: SystemTime) -> Validity {
        Validity::beginning(now, BACKDATED, self.authority)
    }

    /// How long a CA stands in all bundles before something that it signed is served.
    pub(super) fn settled(self) -> Duration {
        // Shorter only for the lives of seconds that tests have.
        SETTLED.min(self.authority / 10)
    }

    /// How long a certificate that nobody here knows stays in a bundle: a replica that serves with it has said so by then.
    pub(super) fn lingers(self) -> Duration {
        self.settled() * 3
    }
}

/// When two thirds of its life are over.
pub fn due(certificate: &Certificate) -> SystemTime {
    let made = certificate.not_before() + BACKDATED;
    // Somebody else's certificate may live for less than that.
    let made = if made < certificate.not_after() { made } else { certificate.not_before() };
    let life = certificate.not_after().duration_since(made).unwrap_or_default();
    made + life * 2 / 3
}
