//! The certificates in the Secret: each part, or the reason why it is unusable.

use std::collections::BTreeMap;
use std::time::SystemTime;

use rcgen::{KeyPair, PublicKeyData};

use crate::cert::secret_keys::{
    CA, CA_KEY, NEXT_CA, NEXT_CA_KEY, PREVIOUS_CAS, PREVIOUS_SERVING, SERVING, SERVING_KEY,
};
use crate::cert::{Authority, AuthorityError, Certificate, CertificateProblem, Name};

/// The limit of trusted previous CAs, which bounds the bundle's size.
pub(super) const PREVIOUS_MOST: usize = 4;
/// The limit of previous serving certificates, also of CAs beyond the limit above.
const PREVIOUS_SERVING_MOST: usize = 2 * PREVIOUS_MOST;

/// The data of a Secret.
pub type SecretData = BTreeMap<String, Vec<u8>>;

/// A usable serving certificate and its key: it has the required names, and the Secret's CA signed it.
#[derive(Clone)]
pub struct ServingCertificate {
    /// The certificate.
    pub certificate: Certificate,
    certificate_pem: String,
    key_pem: String,
}

/// A previous CA.
pub struct PreviousCa {
    /// The CA.
    pub certificate: Certificate,
    /// The end of validity of the last certificate that it signed.
    pub needed_until: SystemTime,
}

/// The parts of the Secret.
pub struct StoredCertificates {
    /// The CA, if it is a valid CA certificate.
    pub ca: Result<Certificate, StoredProblem>,
    /// The CA with its key, able to sign.
    pub(super) signer: Result<Authority, StoredProblem>,
    /// The certificate to serve.
    pub serving: Result<ServingCertificate, StoredProblem>,
    /// The next CA, able to sign; `None` if the Secret has none.
    pub next_ca: Option<Result<Certificate, StoredProblem>>,
    pub(super) next_signer: Option<Authority>,
    /// The previous CAs that are still needed.
    pub previous: Vec<PreviousCa>,
    pub(super) previous_serving: Vec<Certificate>,
}

/// Reasons why a part of the Secret is unusable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoredProblem {
    /// The Secret does not exist.
    #[error("it does not exist")]
    NoSecret,
    /// A key is absent or empty.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A value is not UTF-8.
    #[error("{0} is not UTF-8 text")]
    NotText(&'static str),
    /// A certificate is unusable.
    #[error("{key} {problem}")]
    Certificate {
        /// The key of the Secret.
        key: &'static str,
        /// The reason.
        problem: CertificateProblem,
    },
    /// A certificate is not a CA certificate.
    #[error("{0} is not a CA certificate")]
    NotCa(&'static str),
    /// A CA cannot sign.
    #[error("{certificate} and {key}: {error}")]
    CannotSign {
        /// The key of the CA's certificate.
        certificate: &'static str,
        /// The key of the CA's private key.
        key: &'static str,
        /// The reason.
        error: AuthorityError,
    },
    /// Another CA signed the serving certificate.
    #[error("the CA in {CA} did not sign {SERVING}")]
    OtherCa,
    /// The serving certificate's private key is unreadable.
    #[error("{SERVING_KEY} holds no readable private key")]
    UnreadableKey,
    /// The serving certificate and the private key do not belong together.
    #[error("{SERVING_KEY} belongs to another certificate")]
    OtherKey,
    /// The Secret has no usable serving certificate, and no CA that can sign one.
    #[error("{serving}; {signer}")]
    CannotServe {
        /// The problem of the serving certificate.
        serving: Box<Self>,
        /// The problem of the CA.
        signer: Box<Self>,
    },
}

impl StoredCertificates {
    /// Reads the data. A usable serving certificate has all these names.
    pub fn read(data: &SecretData, names: &[Name], now: SystemTime) -> Self {
        let reader = Reader { data, now };
        let ca = reader.ca(CA);
        let serving = ca.clone().and_then(|ca| reader.serving(&ca, names));
        let next_signer = reader.next_signer();
        let next_ca = next_signer.as_ref().map(|signer| match signer {
            Ok(_) => reader.ca(NEXT_CA),
            Err(problem) => Err(problem.clone()),
        });
        let (previous, previous_serving) = reader.previous();
        let next_signer = next_signer.and_then(Result::ok);
        Self { ca, signer: reader.signer(CA, CA_KEY), serving, next_ca, next_signer, previous, previous_serving }
    }

    /// Reports whether all parts that replicas need are usable, so that a replica remembers them.
    pub(super) fn is_whole(&self) -> bool {
        self.ca.is_ok() && self.signer.is_ok() && self.serving.is_ok()
    }

    /// Checks that the CA can sign.
    ///
    /// # Errors
    /// If its key is missing or unusable.
    pub fn check_signer(&self) -> Result<(), &StoredProblem> {
        self.signer.as_ref().map(|_| ())
    }

    /// Returns the CAs that every bundle must have.
    pub fn cas(&self) -> Vec<&Certificate> {
        let next = self.next_ca.iter().flatten();
        self.ca.iter().chain(next).chain(self.previous.iter().map(|previous| &previous.certificate)).collect()
    }

    /// Reports whether the Secret has obsolete parts.
    pub(super) fn has_useless_parts(&self, data: &SecretData) -> bool {
        let has_keys = [PREVIOUS_CAS, PREVIOUS_SERVING].iter().any(|key| data.contains_key(*key));
        let listed = data.get(PREVIOUS_CAS).map(|pem| Certificate::all_of(pem).len()).unwrap_or_default();
        self.next_ca.as_ref().is_some_and(Result::is_err)
            || listed != self.previous.len()
            || (has_keys && self.previous.is_empty())
    }
}

impl ServingCertificate {
    /// Returns the certificate in PEM.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// Returns the key in PEM. Only for serving, never for a log.
    pub fn key_pem(&self) -> &str {
        &self.key_pem
    }
}

/// A reader of one Secret at one time.
struct Reader<'a> {
    data: &'a SecretData,
    now: SystemTime,
}

impl<'a> Reader<'a> {
    fn bytes(&self, key: &'static str) -> Result<&'a [u8], StoredProblem> {
        self.data.get(key).filter(|bytes| !bytes.is_empty()).map(Vec::as_slice).ok_or(StoredProblem::Missing(key))
    }

    fn text(&self, key: &'static str) -> Result<&'a str, StoredProblem> {
        std::str::from_utf8(self.bytes(key)?).map_err(|_| StoredProblem::NotText(key))
    }

    /// Reads a currently valid certificate.
    fn certificate(&self, key: &'static str) -> Result<Certificate, StoredProblem> {
        let problem = |problem| StoredProblem::Certificate { key, problem };
        let certificate = Certificate::only_of(self.bytes(key)?).map_err(problem)?;
        certificate.check_validity(self.now).map_err(problem)?;
        Ok(certificate)
    }

    fn ca(&self, key: &'static str) -> Result<Certificate, StoredProblem> {
        let certificate = self.certificate(key)?;
        if certificate.is_ca() { Ok(certificate) } else { Err(StoredProblem::NotCa(key)) }
    }

    fn signer(&self, certificate: &'static str, key: &'static str) -> Result<Authority, StoredProblem> {
        Authority::from_pem(self.text(certificate)?, self.text(key)?, self.now)
            .map_err(|error| StoredProblem::CannotSign { certificate, key, error })
    }

    fn next_signer(&self) -> Option<Result<Authority, StoredProblem>> {
        let has_next = self.data.contains_key(NEXT_CA) || self.data.contains_key(NEXT_CA_KEY);
        has_next.then(|| self.signer(NEXT_CA, NEXT_CA_KEY))
    }

    fn serving(&self, ca: &Certificate, names: &[Name]) -> Result<ServingCertificate, StoredProblem> {
        let certificate = self.certificate(SERVING)?;
        let problem = |problem| StoredProblem::Certificate { key: SERVING, problem };
        certificate.check_serves(names).map_err(problem)?;
        if !certificate.is_signed_by(ca) {
            return Err(StoredProblem::OtherCa);
        }
        let key_pem = self.text(SERVING_KEY)?.to_owned();
        let key = KeyPair::from_pem(&key_pem).map_err(|_| StoredProblem::UnreadableKey)?;
        if !certificate.has_key(&key.subject_public_key_info()) {
            return Err(StoredProblem::OtherKey);
        }
        Ok(ServingCertificate { certificate, certificate_pem: self.text(SERVING)?.to_owned(), key_pem })
    }

    /// Reads the previous CAs that have signed a still valid certificate, and those certificates.
    fn previous(&self) -> (Vec<PreviousCa>, Vec<Certificate>) {
        let read = |key| self.bytes(key).map(Certificate::all_of).unwrap_or_default();
        let (mut cas, mut serving) = (read(PREVIOUS_CAS), read(PREVIOUS_SERVING));
        // The comparison below is quadratic, and a Secret has room for thousands.
        cas.truncate(PREVIOUS_MOST);
        serving.truncate(PREVIOUS_SERVING_MOST);
        serving.retain(|leaf| self.now < leaf.not_after() && cas.iter().any(|ca| leaf.is_signed_by(ca)));
        let end =
            |ca: &Certificate| serving.iter().filter(|leaf| leaf.is_signed_by(ca)).map(Certificate::not_after).max();
        let previous = cas.into_iter().filter(|ca| ca.is_valid(self.now));
        let previous =
            previous.filter_map(|ca| Some(PreviousCa { needed_until: end(&ca)?, certificate: ca })).collect();
        (previous, serving)
    }
}
