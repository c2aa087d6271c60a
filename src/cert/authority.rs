//! A certificate authority with one key, created or read from PEM, and the serving certificates that it signs.
//!
//! The API server is the client, so Go's `crypto/x509` must accept the certificates. They have subject alternative names (Go
//! ignores the common name), the extended key usage `serverAuth`, and an authority key identifier. With that identifier,
//! clients can trust an old and a new CA of the same name side by side.
//!
//! Never here: files, and a clock; the caller passes the time.

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, SanType,
};

use super::certificate::{Certificate, CertificateProblem};
use super::name::Name;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const CA_LIFETIME: Duration = DAY.saturating_mul(3650);
/// One year. Some clients refuse certificates of more than 398 days.
const SERVING_LIFETIME: Duration = DAY.saturating_mul(365);
/// Backdating of new certificates, for API servers whose clock is a few minutes behind.
const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// The validity of a certificate. It begins before the certificate's creation, because clocks differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// The start, inclusive.
    pub not_before: SystemTime,
    /// The end, exclusive.
    pub not_after: SystemTime,
}

/// A CA that can sign.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate_pem: String,
    not_after: SystemTime,
}

/// A new serving certificate and its key, both in PEM.
pub struct IssuedPair {
    /// The certificate, without the CA.
    pub certificate_pem: String,
    /// The private key, PKCS #8.
    pub key_pem: String,
    /// The certificate's end of validity.
    pub not_after: SystemTime,
}

/// Reasons why a CA is unreadable or cannot sign. The texts name no files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// The CA's certificate is unreadable or currently not valid.
    #[error("the certificate {0}")]
    Certificate(CertificateProblem),
    /// The certificate is not a CA certificate.
    #[error("the certificate is not a CA certificate (its basic constraints lack `CA:TRUE`)")]
    NotCa,
    /// The private key is unreadable or cannot sign.
    #[error("the key is not a usable PEM private key (expected PKCS #8 with ECDSA, Ed25519 or RSA)")]
    UnusableKey,
    /// The private key and the certificate do not belong together.
    #[error("the key belongs to another certificate")]
    OtherKey,
    /// The certificate cannot be created.
    #[error("cannot create the certificate: {0}")]
    Signing(rcgen::Error),
}

impl Authority {
    /// Creates a CA that is valid for ten years.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn create(now: SystemTime) -> Result<Self, AuthorityError> {
        Self::create_for(Validity::beginning(now, CLOCK_SKEW, CA_LIFETIME))
    }

    /// Creates a CA with this validity.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn create_for(validity: Validity) -> Result<Self, AuthorityError> {
        let key = KeyPair::generate().map_err(AuthorityError::Signing)?;
        let not_after = validity.not_after;
        let mut params = params("podwright CA", validity);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate_pem = params.self_signed(&key).map_err(AuthorityError::Signing)?.pem();
        Ok(Self { issuer: Issuer::new(params, key), certificate_pem, not_after })
    }

    /// Reads a CA, and checks that its certificates will verify.
    ///
    /// # Errors
    /// If either is not PEM, the certificate is not a valid CA certificate, or the key belongs to another certificate.
    pub fn from_pem(certificate_pem: &str, key_pem: &str, now: SystemTime) -> Result<Self, AuthorityError> {
        let certificate = Certificate::first_of(certificate_pem.as_bytes()).map_err(AuthorityError::Certificate)?;
        if !certificate.is_ca() {
            return Err(AuthorityError::NotCa);
        }
        certificate.check_validity(now).map_err(AuthorityError::Certificate)?;
        let key = KeyPair::from_pem(key_pem).map_err(|_| AuthorityError::UnusableKey)?;
        if !certificate.has_key(&key.subject_public_key_info()) {
            return Err(AuthorityError::OtherKey);
        }
        let issuer = Issuer::from_ca_cert_pem(certificate_pem, key).map_err(AuthorityError::Signing)?;
        Ok(Self { issuer, certificate_pem: certificate_pem.to_owned(), not_after: certificate.not_after() })
    }

    /// Returns the CA's certificate in PEM, as in a `caBundle`.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// Returns the CA's private key in PKCS #8 PEM. Only for storage, never for a log.
    pub fn key_pem(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// Returns the CA's end of validity, which limits all certificates that it signs.
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// Creates a key and a serving certificate for these names, valid for a year but not longer than the CA.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn issue(&self, names: &[Name], now: SystemTime) -> Result<IssuedPair, AuthorityError> {
        self.issue_for(names, Validity::beginning(now, CLOCK_SKEW, SERVING_LIFETIME))
    }

    /// Creates a key and a serving certificate for these names, with this validity but not longer than the CA.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn issue_for(&self, names: &[Name], validity: Validity) -> Result<IssuedPair, AuthorityError> {
        let key = KeyPair::generate().map_err(AuthorityError::Signing)?;
        let not_after = validity.not_after.min(self.not_after);
        let mut params = params("podwright", Validity { not_after, ..validity });
        params.subject_alt_names = names.iter().map(alternative_name).collect::<Result<_, _>>()?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let certificate_pem = params.signed_by(&key, &self.issuer).map_err(AuthorityError::Signing)?.pem();
        Ok(IssuedPair { certificate_pem, key_pem: key.serialize_pem(), not_after })
    }

    /// Reports whether this CA signed the first certificate in the PEM.
    pub(super) fn has_signed(&self, pem: &str) -> bool {
        let read = |pem: &str| Certificate::first_of(pem.as_bytes());
        matches!((read(pem), read(&self.certificate_pem)), (Ok(leaf), Ok(ca)) if leaf.is_signed_by(&ca))
    }
}

impl Validity {
    /// Creates a validity from `now - skew` (for clocks that are behind) to `now + lifetime`.
    pub fn beginning(now: SystemTime, skew: Duration, lifetime: Duration) -> Self {
        Self { not_before: now - skew, not_after: now + lifetime }
    }
}

fn params(common_name: &str, validity: Validity) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = validity.not_before.into();
    params.not_after = validity.not_after.into();
    params
}

fn alternative_name(name: &Name) -> Result<SanType, AuthorityError> {
    Ok(match name {
        Name::Dns(name) => SanType::DnsName(name.clone().try_into().map_err(AuthorityError::Signing)?),
        Name::Ip(address) => SanType::IpAddress(*address),
    })
}
