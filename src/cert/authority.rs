//! A certificate authority of one key: made here or read back from PEM, and the serving certificates it signs.
//!
//! What it signs is what Go's `crypto/x509` accepts, because the API server is the client: names in the subject
//! alternative names (the common name is ignored there), `serverAuth` as the extended key usage, and an authority key
//! identifier, so that an old and a new CA of the same name can be trusted side by side.
//!
//! Never here: files, and a clock of its own; the caller says what time it is.

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, SanType,
};
use x509_parser::certificate::X509Certificate;
use x509_parser::pem::{Pem, parse_x509_pem};

use super::{Error, Name, written};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const CA_LIFETIME: Duration = DAY.saturating_mul(3650);
/// Below the 398 days above which some clients refuse a certificate.
const SERVING_LIFETIME: Duration = DAY.saturating_mul(365);
/// Clocks differ: a certificate made now is already valid for an API server that is a few minutes behind.
const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// From when until when a certificate is valid. The beginning lies before the moment it is made for: clocks differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// What a clock that is behind already accepts.
    pub not_before: SystemTime,
    /// Exclusive.
    pub not_after: SystemTime,
}

/// A CA that can sign.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate_pem: String,
    not_after: SystemTime,
}

/// A serving certificate and its key, both PEM.
pub struct Pair {
    /// The certificate, without the CA.
    pub certificate_pem: String,
    /// The private key, PKCS #8.
    pub key_pem: String,
    /// When the certificate ends.
    pub not_after: SystemTime,
}

impl Authority {
    /// A new CA, valid for ten years.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub fn create(now: SystemTime) -> Result<Self, Error> {
        Self::create_for(Validity::beginning(now, CLOCK_SKEW, CA_LIFETIME))
    }

    /// A new CA, valid for so long.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub fn create_for(validity: Validity) -> Result<Self, Error> {
        let key = KeyPair::generate().map_err(signing)?;
        let not_after = validity.not_after;
        let mut params = params("podwright CA", validity);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate_pem = params.self_signed(&key).map_err(signing)?.pem();
        Ok(Self { issuer: Issuer::new(params, key), certificate_pem, not_after })
    }

    /// Reads a CA back, and makes sure that what it signs will verify.
    ///
    /// # Errors
    /// Where either is not PEM, the certificate is no CA or not valid now, or the key is another one's; the sentence
    /// begins with what is wrong and does not name the files.
    pub fn from_pem(certificate_pem: &str, key_pem: &str, now: SystemTime) -> Result<Self, Error> {
        let pem = certificate(certificate_pem)?;
        let parsed = parsed(&pem)?;
        let not_after = valid_authority(&parsed, now)?;
        let key = KeyPair::from_pem(key_pem).map_err(|_| {
            Error::new("the key is not a PEM private key that can sign (PKCS #8; ECDSA, Ed25519 or RSA)")
        })?;
        if key.subject_public_key_info() != parsed.public_key().raw {
            return Err(Error::new("the key belongs to another certificate"));
        }
        let issuer = Issuer::from_ca_cert_pem(certificate_pem, key).map_err(signing)?;
        Ok(Self { issuer, certificate_pem: certificate_pem.to_owned(), not_after })
    }

    /// The CA's own certificate, as a `caBundle` carries it.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The CA's private key, PKCS #8 PEM: for the folder it is kept in, never for a log.
    pub fn key_pem(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// When the CA ends, and with it everything it signed.
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// A new key and a serving certificate for these names, valid for a year and never longer than the CA.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub fn issue(&self, names: &[Name], now: SystemTime) -> Result<Pair, Error> {
        self.issue_for(names, Validity::beginning(now, CLOCK_SKEW, SERVING_LIFETIME))
    }

    /// A new key and a serving certificate for these names, valid for so long and never longer than the CA.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub fn issue_for(&self, names: &[Name], validity: Validity) -> Result<Pair, Error> {
        let key = KeyPair::generate().map_err(signing)?;
        let not_after = validity.not_after.min(self.not_after);
        let mut params = params("podwright", Validity { not_after, ..validity });
        params.subject_alt_names = names.iter().map(alternative_name).collect::<Result<_, _>>()?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let certificate_pem = params.signed_by(&key, &self.issuer).map_err(signing)?.pem();
        Ok(Pair { certificate_pem, key_pem: key.serialize_pem(), not_after })
    }
}

impl Validity {
    /// From `now`, and for clocks that are behind by `skew` from before, for this long.
    pub fn beginning(now: SystemTime, skew: Duration, life: Duration) -> Self {
        Self { not_before: now - skew, not_after: now + life }
    }
}

/// Whether this CA signed that certificate; `false` also where either is not a PEM certificate.
pub fn is_signed_by(certificate_pem: &str, authority_pem: &str) -> bool {
    let (Ok(leaf), Ok(authority)) = (certificate(certificate_pem), certificate(authority_pem)) else {
        return false;
    };
    let (Ok(leaf), Ok(authority)) = (parsed(&leaf), parsed(&authority)) else {
        return false;
    };
    leaf.verify_signature(Some(authority.public_key())).is_ok()
}

fn params(common_name: &str, validity: Validity) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = validity.not_before.into();
    params.not_after = validity.not_after.into();
    params
}

fn alternative_name(name: &Name) -> Result<SanType, Error> {
    Ok(match name {
        Name::Dns(name) => SanType::DnsName(name.clone().try_into().map_err(signing)?),
        Name::Ip(address) => SanType::IpAddress(*address),
    })
}

fn certificate(pem: &str) -> Result<Pem, Error> {
    match parse_x509_pem(pem.as_bytes()) {
        Ok((_, pem)) if pem.label == "CERTIFICATE" => Ok(pem),
        _ => Err(Error::new("the certificate is not PEM that begins with `-----BEGIN CERTIFICATE-----`")),
    }
}

fn parsed(pem: &Pem) -> Result<X509Certificate<'_>, Error> {
    pem.parse_x509().map_err(|error| Error::new(format!("the certificate is not X.509: {error}")))
}

/// Returns when it ends.
fn valid_authority(certificate: &X509Certificate<'_>, now: SystemTime) -> Result<SystemTime, Error> {
    if !certificate.is_ca() {
        return Err(Error::new("the certificate is not a CA's (its basic constraints do not say `CA:TRUE`)"));
    }
    let not_before = SystemTime::from(certificate.validity().not_before.to_datetime());
    let not_after = SystemTime::from(certificate.validity().not_after.to_datetime());
    if now < not_before {
        return Err(Error::new(format!("the certificate is not valid before {}", written(not_before))));
    }
    if now >= not_after {
        return Err(Error::new(format!("the certificate expired on {}", written(not_after))));
    }
    Ok(not_after)
}

fn signing(error: rcgen::Error) -> Error {
    Error::new(format!("cannot make the certificate: {error}"))
}
