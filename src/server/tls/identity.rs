//! A certificate chain and its key, checked against each other once, so that no connection fails because of them.

use std::sync::Arc;
use std::time::SystemTime;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::{self, ConfigBuilder, InconsistentKeys, ServerConfig, WantsVerifier};

use super::clients::ClientAuthorities;
use crate::cert::{Certificate, CertificateProblem, written};
use crate::server::error::{Error, both};

pub(in crate::server) const HTTP_2: &[u8] = b"h2";
const HTTP_1: &[u8] = b"http/1.1";

/// The most names in a summary: it is one line of `/readyz?verbose`.
const SHOWN: usize = 5;

/// A serving certificate with its key.
pub struct Identity {
    protocols: ConfigBuilder<ServerConfig, WantsVerifier>,
    certified: Arc<CertifiedKey>,
    certificate: Certificate,
}

/// The content of a PEM file, with the file's name for errors.
pub(super) struct Pem<'a> {
    pub(super) name: String,
    pub(super) bytes: &'a [u8],
}

impl Identity {
    /// Reads a chain (the serving certificate first) and its key.
    ///
    /// # Errors
    /// One of the two is missing or invalid, or they do not belong together. Returns the errors of both at once.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, Error> {
        let pem = |name: &str, bytes| Pem { name: name.to_owned(), bytes };
        Self::read(&pem("the certificate in memory", certificate.as_bytes()), &pem("the key in memory", key.as_bytes()))
    }

    pub(super) fn read(certificate: &Pem<'_>, key: &Pem<'_>) -> Result<Self, Error> {
        let (chain, private_key) = both(chain(certificate), private_key(key))?;
        // All of it, because clients get the whole chain.
        let parsed: Option<Vec<Certificate>> = chain.iter().map(|der| Certificate::from_der(der)).collect();
        let leaf = parsed.and_then(|parsed| parsed.into_iter().next());
        let leaf = leaf.ok_or_else(|| Error::NotX509(certificate.name.clone()))?;
        let provider = ring::default_provider();
        let unusable = |error| unusable(error, certificate, key);
        let certified = CertifiedKey::from_der(chain, private_key, &provider).map_err(unusable)?;
        let protocols = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?;
        Ok(Self { protocols, certified: Arc::new(certified), certificate: leaf })
    }

    pub(super) fn not_after(&self) -> SystemTime {
        self.certificate.not_after()
    }

    /// Returns the reason why an API server would refuse the certificate, regardless of its CA.
    pub(super) fn fault(&self, now: SystemTime) -> Option<CertificateProblem> {
        let checked = self.certificate.check_validity(now).and_then(|()| self.certificate.check_for_servers());
        checked.err()
    }

    pub(super) fn summary(&self) -> String {
        let names = self.certificate.names();
        let more = names.len().saturating_sub(SHOWN);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let shown: Vec<String> = names.iter().take(SHOWN).map(ToString::to_string).collect();
        let shown = if shown.is_empty() { "no name".to_owned() } else { shown.join(", ") };
        format!("{shown}{more}, until {}", written(self.not_after()))
    }

    /// Returns the TLS configuration for this certificate, and for clients of these CAs or any client.
    pub(super) fn config(&self, clients: Option<&ClientAuthorities>) -> ServerConfig {
        let protocols = self.protocols.clone();
        let protocols = match clients {
            Some(clients) => protocols.with_client_cert_verifier(Arc::clone(&clients.verifier)),
            None => protocols.with_no_client_auth(),
        };
        let certified = SingleCertAndKey::from(Arc::clone(&self.certified));
        let mut config = protocols.with_cert_resolver(Arc::new(certified));
        config.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1.to_vec()];
        config
    }
}

impl Pem<'_> {
    /// Returns a likely cause: the file's content belongs to the other flag.
    fn hint(&self, label: &str) -> &'static str {
        let other = format!("{label}-----");
        match self.bytes.windows(other.len()).any(|window| window == other.as_bytes()) {
            true => ". Its content belongs to the other flag: check --tls-cert-file and --tls-private-key-file",
            false => "",
        }
    }
}

fn chain(pem: &Pem<'_>) -> Result<Vec<CertificateDer<'static>>, Error> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.bytes).collect();
    let fault = match chain {
        Ok(chain) if !chain.is_empty() => return Ok(chain),
        Ok(_) => "has no certificate".to_owned(),
        Err(error) => format!("is not PEM ({error})"),
    };
    Err(Error::NoCertificate { name: pem.name.clone(), fault, hint: pem.hint("PRIVATE KEY") })
}

fn private_key(pem: &Pem<'_>) -> Result<PrivateKeyDer<'static>, Error> {
    PrivateKeyDer::from_pem_slice(pem.bytes).map_err(|_| Error::NoPrivateKey(pem.name.clone(), pem.hint("CERTIFICATE")))
}

fn unusable(error: rustls::Error, certificate: &Pem<'_>, key: &Pem<'_>) -> Error {
    let (certificate, key) = (certificate.name.clone(), key.name.clone());
    match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => Error::KeyMismatch(certificate, key),
        error => Error::UnusablePair(certificate, key, error),
    }
}
