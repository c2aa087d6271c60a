//! The observer of a [`CertificateController`](super::CertificateController), and its values.

use std::fmt;

use super::error::Error;
use super::objects::Webhook;
use crate::cert::rotation::{Served, StoredProblem};

/// The word for a write of a `caBundle`. [`RotationStep`](crate::cert::rotation::RotationStep) has the other words.
pub const CA_BUNDLE: &str = "ca_bundle";

/// An observer that serves the certificates and records the controller's work.
pub trait RotationObserver: Send + Sync {
    /// Serves this certificate from now on.
    fn serve(&self, served: &Served);

    /// Records whether API servers trust the served certificate.
    fn trusted(&self, trust: Result<Trust, TrustProblem>);

    /// Records the entries of the MutatingWebhookConfiguration; `None` if it does not exist.
    fn entries(&self, entries: Option<&[Webhook]>);

    /// Records a write: its word (a step's or [`CA_BUNDLE`]) and its outcome.
    fn wrote(&self, what: &'static str, outcome: WriteOutcome);
}

/// The outcome of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOutcome {
    /// The API server accepted it.
    Success,
    /// Another writer was faster.
    Conflict,
    /// The API server did not answer, or refused it.
    Failure,
}

/// The trust of API servers in the served certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// Every existing webhook configuration trusts its CA.
    Complete,
    /// As above, but this Secret does not exist, so podwright cannot renew certificates.
    NoSecret(String),
}

/// Reasons why API servers may not trust the served certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustProblem {
    /// podwright has never read an object.
    #[error(transparent)]
    Unknown(Error),
    /// podwright serves nothing yet.
    #[error("{secret}: {problem}")]
    NothingServed {
        /// The Secret, by kind and name.
        secret: String,
        /// The reason.
        problem: StoredProblem,
    },
    /// A bundle of this configuration, named by kind and name, does not verify the certificate.
    #[error("the caBundle of {0} does not verify the serving certificate")]
    CaBundle(String),
}

impl fmt::Display for Trust {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => formatter
                .write_str("ok: the caBundle of every existing webhook configuration verifies the serving certificate"),
            Self::NoSecret(secret) => {
                write!(
                    formatter,
                    "ok, but {secret} does not exist, so podwright cannot renew certificates; apply podwright's manifests or chart again"
                )
            }
        }
    }
}
