//! What the server shows to the API server: a certificate chain with its key, TLS 1.2 and 1.3, and HTTP/2 before
//! HTTP/1.1 by ALPN.
//!
//! The cryptography is ring's, named explicitly: a process-wide default provider would depend on which crates happen to
//! be linked. Never here: a key in an error or a log.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, InconsistentKeys, ServerConfig};

use super::Error;

/// The name of HTTP/2 in ALPN.
pub(super) const HTTP_2: &[u8] = b"h2";
const HTTP_1: &[u8] = b"http/1.1";

/// A serving certificate that has been checked against its key.
pub struct Identity {
    config: Arc<ServerConfig>,
    not_after: SystemTime,
}

impl Identity {
    /// Reads a chain (the serving certificate first) and its key.
    ///
    /// # Errors
    /// Where a file cannot be read, holds no certificate or no key, or the two do not belong together; what is wrong with
    /// both files is told at once.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, Error> {
        let (chain, key_pem) = super::both(read(certificate, "certificate"), read(key, "private key"))?;
        let names = (certificate.display().to_string(), key.display().to_string());
        Self::read(&chain, &key_pem, (&names.0, &names.1))
    }

    /// The same from memory.
    ///
    /// # Errors
    /// As with files.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, Error> {
        Self::read(certificate.as_bytes(), key.as_bytes(), ("the certificate in memory", "the key in memory"))
    }

    /// The end of the serving certificate.
    pub(super) fn not_after(&self) -> SystemTime {
        self.not_after
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }

    fn read(certificate: &[u8], key: &[u8], names: (&str, &str)) -> Result<Self, Error> {
        let (chain, key) = super::both(chain(certificate, names.0), private_key(key, names.1))?;
        let not_after = chain.first().and_then(not_after).ok_or_else(|| not_x509(names.0))?;
        let config = config(chain, key).map_err(|error| mismatch(&error, names))?;
        Ok(Self { config: Arc::new(config), not_after })
    }
}

fn config(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1.to_vec()];
    Ok(config)
}

fn read(path: &Path, what: &str) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|error| {
        Error::new(format!(
            "cannot read the {what} {}: {error}. Expected a PEM file; `podwright certs --out certs/` writes a pair for \
             local work",
            path.display()
        ))
    })
}

fn chain(pem: &[u8], name: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let sentence = |what: String| {
        Error::new(format!(
            "{name} {what}: expected PEM with the serving certificate first, which begins with \
             `-----BEGIN CERTIFICATE-----`, as `podwright certs` writes it to tls.crt{}",
            swapped(pem, "PRIVATE KEY")
        ))
    };
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| sentence(format!("is not readable as PEM ({error})")))?;
    if chain.is_empty() {
        return Err(sentence("holds no certificate".to_owned()));
    }
    Ok(chain)
}

fn private_key(pem: &[u8], name: &str) -> Result<PrivateKeyDer<'static>, Error> {
    PrivateKeyDer::from_pem_slice(pem).map_err(|_| {
        Error::new(format!(
            "{name} holds no private key that can be read: expected PEM without a password, which begins with \
             `-----BEGIN PRIVATE KEY-----`, as `podwright certs` writes it to tls.key{}",
            swapped(pem, "CERTIFICATE")
        ))
    })
}

/// The likeliest reason, where the file holds what belongs into the other one.
fn swapped(pem: &[u8], label: &str) -> &'static str {
    let other = format!("{label}-----");
    match pem.windows(other.len()).any(|window| window == other.as_bytes()) {
        true => ". It holds what belongs to the other flag: are --tls-cert-file and --tls-private-key-file swapped?",
        false => "",
    }
}

fn not_after(certificate: &CertificateDer<'_>) -> Option<SystemTime> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
    Some(certificate.validity().not_after.to_datetime().into())
}

fn not_x509(name: &str) -> Error {
    Error::new(format!(
        "{name} begins with PEM that is no X.509 certificate; expected what `openssl x509 -in FILE` reads"
    ))
}

fn mismatch(error: &rustls::Error, (certificate, key): (&str, &str)) -> Error {
    match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => Error::new(format!(
            "the private key in {key} does not belong to the certificate in {certificate}: expected a pair that was \
             written together, such as certs/tls.crt and certs/tls.key from `podwright certs --out certs/`"
        )),
        other => Error::new(format!("cannot serve TLS with {certificate} and {key}: {other}")),
    }
}
