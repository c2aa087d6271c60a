//! The lifetimes of certificates, and the times of their renewal.

use std::time::{Duration, SystemTime};

use crate::cert::{Certificate, Validity};

/// The time by which certificates are backdated, for clocks that are behind. Not part of their lifetime.
const BACKDATED: Duration = Duration::from_secs(60 * 60);

/// The longest time that API servers take to use a changed configuration: about one second, and more when busy.
const PROPAGATION: Duration = Duration::from_secs(10);

/// The lifetimes of new certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    serving: Duration,
    ca: Duration,
}

/// Reasons why two lifetimes do not work together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LifetimeError {
    /// The serving certificate's lifetime is below a second.
    #[error("a serving certificate has to live for a second at least")]
    ServingTooShort,
    /// The CA's lifetime is below three of the serving certificate's.
    #[error("the CA has to live for three times as long as a serving certificate, or longer")]
    CaTooShort,
}

impl Lifetimes {
    /// Checks the lifetimes of serving certificates and of CAs.
    ///
    /// # Errors
    /// Where a serving certificate has less than a second, or a CA less than three times as much. podwright replaces a CA at
    /// two thirds of its lifetime, and the last certificate that it signs needs a full lifetime.
    pub fn new(serving: Duration, ca: Duration) -> Result<Self, LifetimeError> {
        if serving < Duration::from_secs(1) {
            return Err(LifetimeError::ServingTooShort);
        }
        if ca < serving.saturating_mul(3) {
            return Err(LifetimeError::CaTooShort);
        }
        Ok(Self { serving, ca })
    }

    pub(super) fn serving(self, now: SystemTime) -> Validity {
        Validity::beginning(now, BACKDATED, self.serving)
    }

    pub(super) fn ca(self, now: SystemTime) -> Validity {
        Validity::beginning(now, BACKDATED, self.ca)
    }

    /// Returns how long all bundles must have a CA before a replica serves a certificate that it signed.
    pub(super) fn propagation(self) -> Duration {
        // Shorter only for the lifetimes of seconds that tests have.
        PROPAGATION.min(self.ca / 10)
    }

    /// Returns how long an unknown CA stays in a bundle. A replica that serves a certificate of that CA adds it again by then.
    pub(super) fn unknown_ca_grace(self) -> Duration {
        self.propagation() * 3
    }
}

/// Returns the moment at which two thirds of a certificate's lifetime are over.
pub fn renewal_time(certificate: &Certificate) -> SystemTime {
    let created = certificate.not_before() + BACKDATED;
    // A certificate that podwright did not issue may be valid for less than that.
    let created = if created < certificate.not_after() { created } else { certificate.not_before() };
    let lifetime = certificate.not_after().duration_since(created).unwrap_or_default();
    created + lifetime * 2 / 3
}
