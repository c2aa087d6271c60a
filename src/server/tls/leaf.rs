//! What a serving certificate says of itself, and whether an API server would accept that.
//!
//! Never who signed it: which CA an API server trusts is in its webhook configuration, and not known here.

use std::net::IpAddr;
use std::time::SystemTime;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;

use crate::cert::written;

/// More names would make a long line of `/readyz?verbose`.
const SHOWN: usize = 5;

/// The first certificate of a chain.
#[derive(Clone)]
pub(super) struct Leaf {
    names: Vec<String>,
    not_before: SystemTime,
    not_after: SystemTime,
    /// Whether its extended key usage allows it to serve.
    for_servers: bool,
}

impl Leaf {
    /// Nothing where this is no X.509.
    pub(super) fn from_der(der: &[u8]) -> Option<Self> {
        let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
        let usage = certificate.extended_key_usage().ok()?;
        Some(Self {
            names: names(&certificate)?,
            not_before: certificate.validity().not_before.to_datetime().into(),
            not_after: certificate.validity().not_after.to_datetime().into(),
            for_servers: usage.is_none_or(|usage| usage.value.any || usage.value.server_auth),
        })
    }

    pub(super) fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// Why an API server would refuse it, whoever signed it.
    pub(super) fn doubt(&self, now: SystemTime) -> Option<String> {
        if now >= self.not_after {
            return Some(format!("expired on {}", written(self.not_after)));
        }
        if now < self.not_before {
            return Some(format!("is not valid before {}", written(self.not_before)));
        }
        if self.names.is_empty() {
            return Some("has no subject alternative name, and a common name counts for nothing".to_owned());
        }
        (!self.for_servers).then(|| "is not for servers (its extended key usage is without `serverAuth`)".to_owned())
    }

    /// Its names and its end, in a line.
    pub(super) fn told(&self) -> String {
        let more = self.names.len().saturating_sub(SHOWN);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let names: Vec<&str> = self.names.iter().take(SHOWN).map(String::as_str).collect();
        let names = if names.is_empty() { "no name".to_owned() } else { names.join(", ") };
        format!("{names}{more}, until {}", written(self.not_after))
    }
}

/// DNS names and IP addresses; nobody calls a webhook by anything else. Nothing where the extension cannot be read.
fn names(certificate: &X509Certificate<'_>) -> Option<Vec<String>> {
    let extension = certificate.subject_alternative_name().ok()?;
    let names = extension.iter().flat_map(|extension| &extension.value.general_names);
    Some(names.filter_map(name).collect())
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        // As it stands in a line of a log.
        GeneralName::DNSName(name) => Some(name.escape_debug().to_string()),
        GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
        _ => None,
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}
