//! The names in a serving certificate: DNS names and IP addresses.
//!
//! Never a URL, a port or an empty label: a certificate for such a name never verifies, and the API server reports that only
//! at the first Pod.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A DNS name, possibly with a wildcard as its first label, or an IP address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// A DNS name in lower case, without a trailing dot.
    Dns(String),
    /// An IPv4 or IPv6 address.
    Ip(IpAddr),
}

/// A text that is neither a DNS name nor an IP address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a DNS name or an IP address; expected the host alone, without scheme, port or path, such as \
     `podwright.podwright-system.svc` or `127.0.0.1`"
)]
pub struct InvalidName(String);

/// Returns the names of a webhook on this machine: `localhost`, `127.0.0.1` and `::1`.
pub fn local_names() -> Vec<Name> {
    vec![Name::Dns("localhost".to_owned()), Name::Ip(Ipv4Addr::LOCALHOST.into()), Name::Ip(Ipv6Addr::LOCALHOST.into())]
}

/// Returns the given names without duplicates, or [`local_names`] if there are none.
pub fn or_local(names: Vec<Name>) -> Vec<Name> {
    if names.is_empty() {
        return local_names();
    }
    let mut distinct = Vec::with_capacity(names.len());
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}

impl Name {
    /// Returns the name as the host of a URL; nothing for a wildcard.
    pub fn host(&self) -> Option<String> {
        match self {
            Self::Dns(name) => (!name.starts_with('*')).then(|| name.clone()),
            Self::Ip(IpAddr::V4(address)) => Some(address.to_string()),
            Self::Ip(IpAddr::V6(address)) => Some(format!("[{address}]")),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => formatter.write_str(name),
            Self::Ip(address) => write!(formatter, "{address}"),
        }
    }
}

impl FromStr for Name {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Ip(address));
        }
        let name = text.to_ascii_lowercase();
        match is_dns_name(&name) {
            true => Ok(Self::Dns(name)),
            false => Err(InvalidName(text.to_owned())),
        }
    }
}

/// Reports whether this is a DNS name by RFC 1123, as in Kubernetes, with an optional `*` as its first label.
fn is_dns_name(name: &str) -> bool {
    let labels = name.strip_prefix("*.").unwrap_or(name);
    // A last label of digits is an IPv4 address with a typo (`127.0.0.256`); no host has such a name.
    let numeric = labels.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    name.len() <= 253 && !numeric && labels.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&label.len()) && label.bytes().all(allowed) && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_client_connects_to_are_read() {
        for name in ["localhost", "podwright.podwright-system.svc", "*.example.com", "a-1.b", "127.0.0.1", "::1"] {
            assert_eq!(name.parse::<Name>().map(|name| name.to_string()), Ok(name.to_owned()));
        }
        assert_eq!("Local.Host".parse(), Ok(Name::Dns("local.host".to_owned())));
    }

    #[test]
    fn invalid_names_are_refused_with_an_example() {
        let long = "a".repeat(64);
        let refused =
            ["", " ", "https://a.b", "a.b:8443", "a..b", "a.b.", "-a", "a_b", "127.0.0.256", "*", "a.*.b", &long];
        for text in refused {
            let sentence = text.parse::<Name>().map_err(|error| error.to_string());
            assert!(
                matches!(&sentence, Err(sentence) if sentence.contains("such as `podwright.")),
                "{text}: {sentence:?}"
            );
        }
    }
}
