//! The steps of the rotation: which change of the Secret is due, and why.
//!
//! Steps are small, and after each of them replicas can serve from the Secret. So any replica can go on from any state. The first
//! row that fits decides:
//!
//! | the Secret | step |
//! | --- | --- |
//! | has no usable CA, or neither a serving certificate nor a CA that can sign | `Promote` with a next CA, else `Restore` with a memory, else `Begin` |
//! | has a CA that can sign, and a serving certificate that is unusable or due for renewal | `Issue` |
//! | has a next CA that every bundle trusts | `Promote` |
//! | has no next CA, and a CA that cannot sign or is due for renewal | `Announce` |
//! | has parts of no use | `Tidy` |

use std::fmt;
use std::time::SystemTime;

use super::schedule::renewal_time;
use super::stored::{SecretData, ServingCertificate, StoredCertificates, StoredProblem};
use crate::cert::Certificate;

/// A change of the Secret, and its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RotationStep {
    /// Creates a CA and a serving certificate, because there is no usable CA.
    Begin(StoredProblem),
    /// Writes back the last usable content, because the current one is not.
    Restore(StoredProblem),
    /// Issues a serving certificate: because of a problem, or because the renewal is due.
    Issue(Option<StoredProblem>),
    /// Creates the next CA, so that bundles have it before it signs: because of a problem, or because the renewal is due.
    Announce(Option<StoredProblem>),
    /// Makes the next CA the CA, which signs.
    Promote,
    /// Removes parts that are of no use any more.
    Tidy,
}

/// The progress of the next CA into the bundles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextCa {
    /// Every bundle has had it for long enough.
    Trusted,
    /// Some bundle lacks it, has not had it for long enough, or there is no next CA.
    NotYetTrusted,
}

/// The facts by which the next step is chosen.
pub(super) struct Facts<'a> {
    pub(super) data: &'a SecretData,
    pub(super) stored: &'a StoredCertificates,
    /// The last usable content that this replica remembers.
    pub(super) remembered: Option<&'a StoredCertificates>,
    pub(super) next_ca: NextCa,
    pub(super) now: SystemTime,
}

impl RotationStep {
    /// All words of [`Self::word`].
    pub const WORDS: [&'static str; 6] = ["begin", "restore", "leaf", "next_ca", "ca", "tidy"];

    /// Returns the step's word, as the label of a metric.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Begin(_) => "begin",
            Self::Restore(_) => "restore",
            Self::Issue(_) => "leaf",
            Self::Announce(_) => "next_ca",
            Self::Promote => "ca",
            Self::Tidy => "tidy",
        }
    }
}

/// The change and its reason, for the log.
impl fmt::Display for RotationStep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begin(why) => write!(formatter, "a CA and a serving certificate are made: {why}"),
            Self::Restore(why) => write!(formatter, "what the Secret held before is written back: {why}"),
            Self::Issue(Some(why)) => write!(formatter, "a serving certificate is made: {why}"),
            Self::Issue(None) => {
                formatter.write_str("a serving certificate is made: two thirds of the last one's life are over")
            }
            Self::Announce(Some(why)) => write!(formatter, "a CA is made that is to follow: {why}"),
            Self::Announce(None) => {
                formatter.write_str("a CA is made that is to follow: two thirds of the CA's life are over")
            }
            Self::Promote => {
                formatter.write_str("the CA that was to follow is the CA, and has signed a serving certificate")
            }
            Self::Tidy => {
                formatter.write_str("CAs are dropped whose last certificate has expired, and what cannot be used")
            }
        }
    }
}

impl Facts<'_> {
    /// Returns the step that is due, if any.
    pub(super) fn due(&self) -> Option<RotationStep> {
        let ca = match &self.stored.ca {
            Ok(ca) => ca,
            Err(problem) => return Some(self.replace_ca(problem.clone())),
        };
        let serving = match (&self.stored.serving, &self.stored.signer) {
            (Ok(serving), _) => serving,
            (Err(problem), Ok(_)) => return Some(RotationStep::Issue(Some(problem.clone()))),
            (Err(serving), Err(signer)) => {
                let (serving, signer) = (Box::new(serving.clone()), Box::new(signer.clone()));
                return Some(self.replace_ca(StoredProblem::CannotServe { serving, signer }));
            }
        };
        if self.stored.signer.is_ok() && self.is_renewal_due(serving, ca) {
            return Some(RotationStep::Issue(None));
        }
        self.next_ca_step(ca).or_else(|| self.stored.has_useless_parts(self.data).then_some(RotationStep::Tidy))
    }

    /// Nothing can be served: the next CA is the best replacement, then the remembered content, then a new CA.
    fn replace_ca(&self, problem: StoredProblem) -> RotationStep {
        let can_restore = self.remembered.is_some_and(|remembered| remembered.ca.is_ok() && remembered.signer.is_ok());
        match (&self.stored.next_signer, can_restore) {
            (Some(_), _) => RotationStep::Promote,
            (None, true) => RotationStep::Restore(problem),
            (None, false) => RotationStep::Begin(problem),
        }
    }

    fn next_ca_step(&self, ca: &Certificate) -> Option<RotationStep> {
        match (&self.stored.next_signer, &self.stored.signer) {
            (Some(_), _) => (self.next_ca == NextCa::Trusted).then_some(RotationStep::Promote),
            (None, Err(problem)) => Some(RotationStep::Announce(Some(problem.clone()))),
            (None, Ok(_)) => (self.now >= renewal_time(ca)).then_some(RotationStep::Announce(None)),
        }
    }

    /// A serving certificate that ends with its CA is not renewed: a new one would end at the same moment.
    fn is_renewal_due(&self, serving: &ServingCertificate, ca: &Certificate) -> bool {
        self.now >= renewal_time(&serving.certificate) && serving.certificate.not_after() < ca.not_after()
    }
}
