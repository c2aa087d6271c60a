//! The observer of a [`CertificateController`](super::CertificateController), and the values that it gets.

use std::fmt;

use super::error::Error;
use crate::cert::rotation::{Served, StoredProblem};

/// The word for a write of a `caBundle`, beside the words of the steps.
pub const CA_BUNDLE: &str = "ca_bundle";

/// Serves the certificates, and records the controller's work.
pub trait RotationObserver: Send + Sync {
    /// Serves this certificate from now on.
    fn serve(&self, served: &Served);

    /// Records whether API servers accept the served certificate.
    fn trusted(&self, trust: Result<Trust, TrustProblem>);

    /// Records a write: the word of a step or [`CA_BUNDLE`], and its outcome.
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

/// The state in which API servers accept the served certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// Every existing webhook configuration trusts its CA.
    Complete,
    /// The same, but this Secret does not exist, so podwright cannot renew anything.
    NoSecret(String),
}

/// Reasons why API servers would not accept the served certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustProblem {
    /// An object was never read.
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
    /// The certificate does not verify under a bundle of this configuration, given by kind and name.
    #[error("the caBundle of {0} does not verify it")]
    CaBundle(String),
}

impl fmt::Display for Trust {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => formatter.write_str("ok: by the caBundle of every webhook configuration that is there"),
            Self::NoSecret(secret) => {
                write!(formatter, "ok: {secret} is not there, so nothing can be renewed; apply the manifests")
            }
        }
    }
}
