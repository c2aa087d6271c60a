//! The changes of the Secret for each step. The rotation creates keys only here.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::schedule::Lifetimes;
use super::step::RotationStep;
use super::stored::{PREVIOUS_MOST, SecretData, StoredCertificates, StoredProblem};
use crate::cert::secret_keys::{
    ALL, CA, CA_KEY, NEXT_CA, NEXT_CA_KEY, PREVIOUS_CAS, PREVIOUS_SERVING, SERVING, SERVING_KEY,
};
use crate::cert::{Authority, AuthorityError, Certificate, Name, pem_of};

/// The new value of each changed key; `None` removes the key.
pub type SecretChanges = BTreeMap<String, Option<Vec<u8>>>;

/// Reasons why a step's changes cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// A CA cannot be created or cannot sign.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The Secret lacks a part that the step needs.
    #[error(transparent)]
    Stored(#[from] StoredProblem),
}

/// Makes the changes of a step.
pub(super) struct ChangeMaker<'a> {
    pub(super) stored: &'a StoredCertificates,
    /// The last usable content that this replica remembers.
    pub(super) remembered: Option<&'a SecretData>,
    pub(super) names: &'a [Name],
    pub(super) lifetimes: Lifetimes,
    pub(super) now: SystemTime,
}

impl ChangeMaker<'_> {
    /// Returns the changes of a step.
    ///
    /// # Errors
    /// If the system gives no random numbers, or the Secret lacks the CA that the step needs.
    pub(super) fn changes(&self, step: &RotationStep) -> Result<SecretChanges, ChangeError> {
        match step {
            RotationStep::Begin(_) => {
                let authority = Authority::create_for(self.lifetimes.ca(self.now))?;
                Ok(merged([ca(&authority), self.issued(&authority)?, no_next_ca(), self.previous(None)]))
            }
            RotationStep::Restore(_) => Ok(self.remembered.map(restored).unwrap_or_default()),
            RotationStep::Issue(_) => self.issued(self.stored.signer.as_ref().map_err(Clone::clone)?),
            RotationStep::Announce(_) => {
                let authority = Authority::create_for(self.lifetimes.ca(self.now))?;
                Ok(SecretChanges::from([
                    set(NEXT_CA, authority.certificate_pem()),
                    set(NEXT_CA_KEY, &authority.key_pem()),
                ]))
            }
            RotationStep::Promote => {
                let next = self.stored.next_signer.as_ref().ok_or(StoredProblem::Missing(NEXT_CA))?;
                Ok(merged([ca(next), self.issued(next)?, no_next_ca(), self.previous(self.replaced())]))
            }
            RotationStep::Tidy => {
                let next = if self.stored.next_signer.is_some() { SecretChanges::new() } else { no_next_ca() };
                Ok(merged([next, self.previous(None)]))
            }
        }
    }

    fn issued(&self, authority: &Authority) -> Result<SecretChanges, ChangeError> {
        let pair = authority.issue_for(self.names, self.lifetimes.serving(self.now))?;
        Ok(SecretChanges::from([set(SERVING, &pair.certificate_pem), set(SERVING_KEY, &pair.key_pem)]))
    }

    /// Returns the CA that a promotion replaces, if replicas may still serve its last certificate.
    fn replaced(&self) -> Option<Replaced<'_>> {
        let (ca, serving) = (self.stored.ca.as_ref().ok()?, self.stored.serving.as_ref().ok()?);
        Some(Replaced { ca, serving: &serving.certificate })
    }

    /// Returns the newest previous CAs, beginning with the replaced one.
    fn previous(&self, replaced: Option<Replaced<'_>>) -> SecretChanges {
        let known = self.stored.previous.iter().map(|previous| &previous.certificate);
        let cas = replaced.iter().map(|replaced| replaced.ca).chain(known).take(PREVIOUS_MOST);
        let serving = replaced.iter().map(|replaced| replaced.serving).chain(&self.stored.previous_serving);
        SecretChanges::from([
            (PREVIOUS_CAS.to_owned(), pem_of_any(cas.cloned().collect())),
            (PREVIOUS_SERVING.to_owned(), pem_of_any(serving.cloned().collect())),
        ])
    }
}

/// The CA that a promotion replaces, and the last certificate that it signed.
struct Replaced<'a> {
    ca: &'a Certificate,
    serving: &'a Certificate,
}

fn ca(authority: &Authority) -> SecretChanges {
    SecretChanges::from([set(CA, authority.certificate_pem()), set(CA_KEY, &authority.key_pem())])
}

fn no_next_ca() -> SecretChanges {
    SecretChanges::from([(NEXT_CA.to_owned(), None), (NEXT_CA_KEY.to_owned(), None)])
}

fn pem_of_any(certificates: Vec<Certificate>) -> Option<Vec<u8>> {
    (!certificates.is_empty()).then(|| pem_of(&certificates))
}

fn restored(remembered: &SecretData) -> SecretChanges {
    ALL.iter().map(|key| ((*key).to_owned(), remembered.get(*key).cloned())).collect()
}

fn set(key: &str, pem: &str) -> (String, Option<Vec<u8>>) {
    (key.to_owned(), Some(pem.as_bytes().to_vec()))
}

fn merged<const N: usize>(changes: [SecretChanges; N]) -> SecretChanges {
    changes.into_iter().flatten().collect()
}
