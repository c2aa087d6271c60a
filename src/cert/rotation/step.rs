//! The rotation's steps: the change of the Secret that is due, and its reason.
//!
//! Steps are small, and replicas can serve from the Secret after each. So any replica can continue from any state. The first
//! matching row decides:
//!
//! | the Secret | step |
//! | --- | --- |
//! | has no usable CA, or neither a serving certificate nor a CA that can sign | `Promote` if there is a next CA, `Restore` if this replica remembers usable content, otherwise `Begin` |
//! | has a CA that can sign, and a serving certificate that is unusable or due for renewal | `Issue` |
//! | has a next CA that every bundle trusts | `Promote` |
//! | has no next CA, and a CA that cannot sign or is due for renewal | `Announce` |
//! | has obsolete parts | `Tidy` |

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
    /// Writes back the last usable content, because the current content is unusable.
    Restore(StoredProblem),
    /// Issues a serving certificate, because of a problem or because its renewal is due.
    Issue(Option<StoredProblem>),
    /// Creates the next CA, because of a problem or because its renewal is due. Bundles get it before it signs.
    Announce(Option<StoredProblem>),
    /// Makes the next CA the current one, which signs.
    Promote,
    /// Removes obsolete parts.
    Tidy,
}

/// The progress of the next CA into the bundles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextCa {
    /// It has been in every bundle for long enough.
    Trusted,
    /// There is none, or it has not been in every bundle for long enough.
    NotYetTrusted,
}

/// The facts that decide the next step.
pub(super) struct Facts<'a> {
    pub(super) data: &'a SecretData,
    pub(super) stored: &'a StoredCertificates,
    /// The last usable content that this replica remembers.
    pub(super) remembered: Option<&'a StoredCertificates>,
    pub(super) next_ca: NextCa,
    pub(super) now: SystemTime,
}

impl RotationStep {
    /// All values of [`Self::word`].
    pub const WORDS: [&'static str; 6] = ["begin", "restore", "leaf", "next_ca", "ca", "tidy"];

    /// Returns the step's word, for the label of a metric.
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
            Self::Begin(why) => write!(formatter, "creating a CA and a serving certificate: {why}"),
            Self::Restore(why) => write!(formatter, "restoring the last usable content: {why}"),
            Self::Issue(Some(why)) => write!(formatter, "issuing a serving certificate: {why}"),
            Self::Issue(None) => formatter
                .write_str("issuing a serving certificate: the current one has used two thirds of its lifetime"),
            Self::Announce(Some(why)) => write!(formatter, "creating the next CA: {why}"),
            Self::Announce(None) => {
                formatter.write_str("creating the next CA: the current one has used two thirds of its lifetime")
            }
            Self::Promote => {
                formatter.write_str("replacing the CA with the next CA, which signs a new serving certificate")
            }
            Self::Tidy => {
                formatter.write_str("removing unusable parts, and previous CAs whose last certificate has expired")
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

    /// Chooses a replacement while nothing can be served: the next CA, else the remembered content, else a new CA.
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

    /// Reports whether to renew the certificate. One that ends with its CA stays: a new one would end at the same time.
    fn is_renewal_due(&self, serving: &ServingCertificate, ca: &Certificate) -> bool {
        self.now >= renewal_time(&serving.certificate) && serving.certificate.not_after() < ca.not_after()
    }
}
