//! A certificate as far as it matters here: whose it is, from when until when, and who signed it.
//!
//! Never here: a key, and whom an API server trusts.

use std::net::IpAddr;
use std::time::SystemTime;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::Pem;

use super::{Name, written};

/// One X.509 certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    subject: String,
    names: Vec<Name>,
    not_before: SystemTime,
    not_after: SystemTime,
    is_ca: bool,
    /// Whether its extended key usage, if any, allows it to serve.
    for_servers: bool,
}

impl Certificate {
    /// All that this PEM holds. What cannot be read is passed over, as the API server does.
    pub fn all_of(pem: &[u8]) -> Vec<Self> {
        let blocks = Pem::iter_from_buffer(pem).flatten().filter(|block| block.label == "CERTIFICATE");
        blocks.filter_map(|block| Self::from_der(&block.contents)).collect()
    }

    /// The one that this PEM holds.
    pub(crate) fn only_of(pem: &[u8]) -> Result<Self, String> {
        match <[Self; 1]>::try_from(Self::all_of(pem)) {
            Ok([certificate]) => Ok(certificate),
            Err(found) if found.is_empty() => Err("holds no certificate".to_owned()),
            Err(found) => Err(format!("holds {} certificates instead of one", found.len())),
        }
    }

    /// Nothing where this is no X.509.
    pub(crate) fn from_der(der: &[u8]) -> Option<Self> {
        let (_, parsed) = x509_parser::parse_x509_certificate(der).ok()?;
        let usage = parsed.extended_key_usage().ok()?;
        Some(Self {
            subject: parsed.subject().to_string().escape_debug().to_string(),
            names: names(&parsed)?,
            not_before: parsed.validity().not_before.to_datetime().into(),
            not_after: parsed.validity().not_after.to_datetime().into(),
            is_ca: parsed.is_ca(),
            for_servers: usage.is_none_or(|usage| usage.value.any || usage.value.server_auth),
            der: der.to_vec(),
        })
    }

    /// The beginning, which lies before the moment it was made at.
    pub fn not_before(&self) -> SystemTime {
        self.not_before
    }

    /// The end.
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// The subject, as in `CN=podwright CA`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What it can be called by.
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// Whether it is the one of a CA.
    pub(crate) fn signs(&self) -> bool {
        self.is_ca
    }

    /// Why an API server would refuse it as a server's, whoever signed it.
    pub(crate) fn is_for_servers(&self) -> Result<(), String> {
        if self.names.is_empty() {
            return Err("has no subject alternative name, and a common name counts for nothing".to_owned());
        }
        if !self.for_servers {
            return Err("is not for servers (its extended key usage is without `serverAuth`)".to_owned());
        }
        Ok(())
    }

    /// Why it cannot be the serving certificate of a CA for these names, whoever signed it.
    pub(crate) fn serves(&self, names: &[Name]) -> Result<(), String> {
        self.is_for_servers()?;
        if self.is_ca {
            return Err("is the certificate of a CA".to_owned());
        }
        match names.iter().find(|name| !self.names.contains(name)) {
            Some(name) => Err(format!("is not for {name}")),
            None => Ok(()),
        }
    }

    /// Whether the time is one that it is valid at.
    pub fn is_valid(&self, now: SystemTime) -> Result<(), String> {
        if now >= self.not_after {
            return Err(format!("expired on {}", written(self.not_after)));
        }
        if now < self.not_before {
            return Err(format!("is not valid before {}", written(self.not_before)));
        }
        Ok(())
    }

    /// Whether the key of that one signed this one.
    pub fn is_signed_by(&self, authority: &Self) -> bool {
        let parsed = |der| x509_parser::parse_x509_certificate(der).ok().map(|(_, parsed)| parsed);
        let (Some(leaf), Some(authority)) = (parsed(&self.der), parsed(&authority.der)) else { return false };
        authority.is_ca() && leaf.verify_signature(Some(authority.public_key())).is_ok()
    }

    /// The subject's public key, to compare with that of a private key.
    pub(crate) fn has_key(&self, public_key: &[u8]) -> bool {
        x509_parser::parse_x509_certificate(&self.der).is_ok_and(|(_, parsed)| parsed.public_key().raw == public_key)
    }

    /// By age, then by content: two replicas that mean the same certificates write the same bytes.
    pub(crate) fn order(&self) -> (SystemTime, &[u8]) {
        (self.not_before, &self.der)
    }

    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }
}

/// These certificates as PEM.
pub fn pem_of(certificates: &[Certificate]) -> Vec<u8> {
    let one = |certificate: &Certificate| {
        let label = "CERTIFICATE";
        let base64 = serde_json::to_value(k8s_openapi::ByteString(certificate.der.clone())).unwrap_or_default();
        let base64 = base64.as_str().unwrap_or_default().as_bytes();
        let lines: Vec<_> = base64.chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    };
    certificates.iter().map(one).collect::<String>().into_bytes()
}

/// DNS names and IP addresses; nobody calls a webhook by anything else. Nothing where the extension cannot be read.
fn names(certificate: &X509Certificate<'_>) -> Option<Vec<Name>> {
    let extension = certificate.subject_alternative_name().ok()?;
    let names = extension.iter().flat_map(|extension| &extension.value.general_names);
    Some(names.filter_map(name).collect())
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
