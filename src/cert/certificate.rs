//! One X.509 certificate: its names, its validity, and the CA that signed it.
//!
//! Never here: private keys, and the CAs that an API server trusts.

use std::net::IpAddr;
use std::time::SystemTime;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::{Pem, parse_x509_pem};

use super::name::Name;
use super::timestamp::written;

const LABEL: &str = "CERTIFICATE";

/// One X.509 certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    subject: String,
    names: Vec<Name>,
    not_before: SystemTime,
    not_after: SystemTime,
    is_ca: bool,
    /// Whether its extended key usage, if any, permits serving.
    for_servers: bool,
}

/// Reasons why a certificate cannot be used. Each text is a predicate: the caller puts the certificate's name before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateProblem {
    /// The PEM has no certificate.
    #[error("holds no certificate")]
    Missing,
    /// The PEM has more than one certificate.
    #[error("holds {0} certificates instead of one")]
    Several(usize),
    /// The text does not begin with the PEM of a certificate.
    #[error("is not PEM that begins with `-----BEGIN CERTIFICATE-----`")]
    NotPem,
    /// The PEM's content is not X.509.
    #[error("is not X.509: {0}")]
    NotX509(String),
    /// The certificate is not valid yet.
    #[error("is not valid before {}", written(*.0))]
    NotYetValid(SystemTime),
    /// The certificate is not valid any more.
    #[error("expired on {}", written(*.0))]
    Expired(SystemTime),
    /// The certificate has no name that clients check.
    #[error("has no subject alternative name, and API servers ignore the common name")]
    NoName,
    /// The certificate lacks a required name.
    #[error("is not for {0}")]
    OtherName(Name),
    /// The extended key usage does not permit serving.
    #[error("is not for servers (its extended key usage lacks `serverAuth`)")]
    NotForServers,
    /// The certificate is a CA certificate, not a serving certificate.
    #[error("is a CA certificate")]
    IsCa,
}

impl Certificate {
    /// Reads all certificates in this PEM. Skips unreadable blocks, as the API server does.
    pub fn all_of(pem: &[u8]) -> Vec<Self> {
        let blocks = Pem::iter_from_buffer(pem).flatten().filter(|block| block.label == LABEL);
        blocks.filter_map(|block| Self::from_der(&block.contents)).collect()
    }

    /// Reads the first certificate in this PEM.
    pub(super) fn first_of(pem: &[u8]) -> Result<Self, CertificateProblem> {
        match parse_x509_pem(pem) {
            Ok((_, block)) if block.label == LABEL => Self::parse(&block.contents),
            _ => Err(CertificateProblem::NotPem),
        }
    }

    /// Reads the only certificate in this PEM.
    pub(super) fn only_of(pem: &[u8]) -> Result<Self, CertificateProblem> {
        match <[Self; 1]>::try_from(Self::all_of(pem)) {
            Ok([certificate]) => Ok(certificate),
            Err(found) if found.is_empty() => Err(CertificateProblem::Missing),
            Err(found) => Err(CertificateProblem::Several(found.len())),
        }
    }

    /// Reads DER; returns nothing if it is not X.509.
    pub(crate) fn from_der(der: &[u8]) -> Option<Self> {
        Self::parse(der).ok()
    }

    fn parse(der: &[u8]) -> Result<Self, CertificateProblem> {
        let (_, parsed) = x509_parser::parse_x509_certificate(der).map_err(not_x509)?;
        let usage = parsed.extended_key_usage().map_err(not_x509)?;
        Ok(Self {
            subject: parsed.subject().to_string().escape_debug().to_string(),
            names: names(&parsed)?,
            not_before: parsed.validity().not_before.to_datetime().into(),
            not_after: parsed.validity().not_after.to_datetime().into(),
            is_ca: parsed.is_ca(),
            for_servers: usage.is_none_or(|usage| usage.value.any || usage.value.server_auth),
            der: der.to_vec(),
        })
    }

    /// Returns its start of validity, which is before its creation.
    pub fn not_before(&self) -> SystemTime {
        self.not_before
    }

    /// Returns its end of validity.
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// Returns the subject, such as `CN=podwright CA`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Returns the names that clients may connect to.
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// Reports whether it is a CA certificate.
    pub(super) fn is_ca(&self) -> bool {
        self.is_ca
    }

    /// Checks that an API server accepts it as a serving certificate, whatever its CA.
    pub(crate) fn check_for_servers(&self) -> Result<(), CertificateProblem> {
        if self.names.is_empty() {
            return Err(CertificateProblem::NoName);
        }
        if !self.for_servers {
            return Err(CertificateProblem::NotForServers);
        }
        Ok(())
    }

    /// Checks that it is a serving certificate for all of these names, whatever its CA.
    pub(super) fn check_serves(&self, names: &[Name]) -> Result<(), CertificateProblem> {
        self.check_for_servers()?;
        if self.is_ca {
            return Err(CertificateProblem::IsCa);
        }
        match names.iter().find(|name| !self.names.contains(name)) {
            Some(name) => Err(CertificateProblem::OtherName(name.clone())),
            None => Ok(()),
        }
    }

    /// Checks that it is valid at this time.
    ///
    /// # Errors
    /// If it has expired, or is not valid yet.
    pub fn check_validity(&self, now: SystemTime) -> Result<(), CertificateProblem> {
        if now >= self.not_after {
            return Err(CertificateProblem::Expired(self.not_after));
        }
        if now < self.not_before {
            return Err(CertificateProblem::NotYetValid(self.not_before));
        }
        Ok(())
    }

    /// Reports whether it is valid at this time.
    pub fn is_valid(&self, now: SystemTime) -> bool {
        self.check_validity(now).is_ok()
    }

    /// Reports whether this CA's key signed the certificate.
    pub fn is_signed_by(&self, authority: &Self) -> bool {
        let parsed = |der| x509_parser::parse_x509_certificate(der).ok().map(|(_, parsed)| parsed);
        let (Some(leaf), Some(authority)) = (parsed(&self.der), parsed(&authority.der)) else { return false };
        authority.is_ca() && leaf.verify_signature(Some(authority.public_key())).is_ok()
    }

    /// Reports whether it has this public key (DER).
    pub(super) fn has_key(&self, public_key: &[u8]) -> bool {
        x509_parser::parse_x509_certificate(&self.der).is_ok_and(|(_, parsed)| parsed.public_key().raw == public_key)
    }

    /// Returns a sort key (start, then content), so that all replicas write the same bytes for the same certificates.
    pub(super) fn order(&self) -> (SystemTime, &[u8]) {
        (self.not_before, &self.der)
    }

    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }
}

/// Formats certificates as PEM.
pub fn pem_of(certificates: &[Certificate]) -> Vec<u8> {
    let one = |certificate: &Certificate| {
        let base64 = serde_json::to_value(k8s_openapi::ByteString(certificate.der.clone())).unwrap_or_default();
        let base64 = base64.as_str().unwrap_or_default().as_bytes();
        let lines: Vec<_> = base64.chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        format!("-----BEGIN {LABEL}-----\n{}\n-----END {LABEL}-----\n", lines.join("\n"))
    };
    certificates.iter().map(one).collect::<String>().into_bytes()
}

fn not_x509(error: impl std::fmt::Display) -> CertificateProblem {
    CertificateProblem::NotX509(error.to_string())
}

/// Returns the DNS names and IP addresses. API servers connect to webhooks by no other kind of name.
fn names(certificate: &X509Certificate<'_>) -> Result<Vec<Name>, CertificateProblem> {
    let extension = certificate.subject_alternative_name().map_err(not_x509)?;
    let names = extension.iter().flat_map(|extension| &extension.value.general_names);
    Ok(names.filter_map(name).collect())
}

fn name(name: &GeneralName<'_>) -> Option<Name> {
    match name {
        GeneralName::DNSName(name) => name.parse().ok(),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from)).ok().map(Name::Ip)
        }
        _ => None,
    }
}
