//! Lifetimes of certificates, and their renewal times.

use std::time::{Duration, SystemTime};

use crate::cert::{Certificate, Validity};

/// Backdating of certificates, for clocks that are behind. Not part of their lifetime.
const BACKDATED: Duration = Duration::from_secs(60 * 60);

/// The time after which all API servers use a changed configuration. One second is typical; busy servers need longer.
const PROPAGATION: Duration = Duration::from_secs(10);

/// The lifetimes of new certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    serving: Duration,
    ca: Duration,
}

/// Reasons why lifetimes are invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LifetimeError {
    /// The serving certificate's lifetime is below one second.
    #[error("the lifetime of a serving certificate is too short; expected one second or more, such as 720h")]
    ServingTooShort,
    /// The CA's lifetime is below three lifetimes of a serving certificate.
    #[error(
        "the lifetime of the CA is too short; expected at least three times that of a serving certificate, such as 8760h and 720h"
    )]
    CaTooShort,
}

impl Lifetimes {
    /// Checks the lifetimes of serving certificates and of CAs.
    ///
    /// # Errors
    /// If a serving certificate has less than one second, or a CA less than three times that of a serving certificate. podwright
    /// replaces a CA after two thirds of its lifetime, and the last certificate that it signs needs a full lifetime.
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

    /// Returns the time for which a CA must be in all bundles before a replica serves a certificate that it signed.
    pub(super) fn propagation(self) -> Duration {
        // Shorter only for lifetimes of seconds, as in tests.
        PROPAGATION.min(self.ca / 10)
    }

    /// Returns the time for which an unknown CA stays in a bundle. By then, a replica that serves a certificate of that CA adds
    /// it again.
    pub(super) fn unknown_ca_grace(self) -> Duration {
        self.propagation() * 3
    }
}

/// Returns the time at which two thirds of a certificate's lifetime are over.
pub fn renewal_time(certificate: &Certificate) -> SystemTime {
    let created = certificate.not_before() + BACKDATED;
    // A certificate that podwright did not issue may be valid for a shorter time than the backdating.
    let created = if created < certificate.not_after() { created } else { certificate.not_before() };
    let lifetime = certificate.not_after().duration_since(created).unwrap_or_default();
    created + lifetime * 2 / 3
}
