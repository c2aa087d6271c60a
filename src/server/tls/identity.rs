//! What the server shows to the API server: a certificate chain with its key, checked against each other.
//!
//! Everything that can go wrong goes wrong here, once, so that nothing is left to fail for a connection. Never here: a file,
//! and a key in an error.

use std::sync::Arc;
use std::time::SystemTime;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::{self, ConfigBuilder, InconsistentKeys, ServerConfig, WantsVerifier};

use super::HTTP_2;
use super::clients::Clients;
use super::leaf::Leaf;
use crate::server::{Error, both};

const HTTP_1: &[u8] = b"http/1.1";

/// A serving certificate that has been checked against its key.
pub struct Identity {
    protocols: ConfigBuilder<ServerConfig, WantsVerifier>,
    certified: Arc<CertifiedKey>,
    leaf: Leaf,
}

impl Identity {
    /// Reads a chain (the serving certificate first) and its key.
    ///
    /// # Errors
    /// Where one holds no certificate or no key, or the two do not belong together; what is wrong with both is told at once.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, Error> {
        Self::read(certificate.as_bytes(), key.as_bytes(), ("the certificate in memory", "the key in memory"))
    }

    /// The same from what these files held.
    pub(super) fn read(certificate: &[u8], key: &[u8], names: (&str, &str)) -> Result<Self, Error> {
        let (chain, key) = both(chain(certificate, names.0), private_key(key, names.1))?;
        let leaf = leaf(&chain, names.0)?;
        let provider = ring::default_provider();
        let certified = CertifiedKey::from_der(chain, key, &provider).map_err(|error| mismatch(&error, names))?;
        let protocols = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| mismatch(&error, names))?;
        Ok(Self { protocols, certified: Arc::new(certified), leaf })
    }

    /// The end of the serving certificate.
    pub(super) fn not_after(&self) -> SystemTime {
        self.leaf.not_after()
    }

    /// Why an API server would refuse it, as far as that is known here.
    pub(super) fn doubt(&self, now: SystemTime) -> Option<String> {
        self.leaf.doubt(now)
    }

    /// Its names and its end, in a line.
    pub(super) fn told(&self) -> String {
        self.leaf.told()
    }

    /// What a connection needs to show it to these clients, or to anyone.
    pub(super) fn config(&self, clients: Option<&Clients>) -> ServerConfig {
        let protocols = self.protocols.clone();
        let protocols = match clients {
            Some(clients) => protocols.with_client_cert_verifier(clients.verifier()),
            None => protocols.with_no_client_auth(),
        };
        let shown = SingleCertAndKey::from(Arc::clone(&self.certified));
        let mut config = protocols.with_cert_resolver(Arc::new(shown));
        config.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1.to_vec()];
        config
    }
}

/// The whole chain has to be X.509, because all of it is shown.
fn leaf(chain: &[CertificateDer<'_>], name: &str) -> Result<Leaf, Error> {
    let leaves: Option<Vec<Leaf>> = chain.iter().map(|certificate| Leaf::from_der(certificate)).collect();
    leaves.and_then(|leaves| leaves.into_iter().next()).ok_or_else(|| not_x509(name))
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

fn not_x509(name: &str) -> Error {
    Error::new(format!(
        "{name} holds PEM that is no X.509 certificate; expected what `openssl x509 -in FILE` reads, for each of the chain"
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
