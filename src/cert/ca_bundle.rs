//! A bundle of CA certificates, as a webhook configuration's `caBundle` carries it.
//!
//! Never a private key: everyone who may read webhook configurations can read a `caBundle`.

use x509_parser::error::PEMError;
use x509_parser::pem::Pem;

const EXPECTED: &str = "expected the certificates of the CA, each of which begins with `-----BEGIN CERTIFICATE-----`, and \
                        nothing else, such as ca.crt from `podwright certs`";

/// PEM with at least one certificate and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle(Vec<u8>);

/// Reasons why a file is no bundle. Each text is a predicate: the caller puts the file's name before it.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A block of PEM is damaged.
    #[error("is not readable as PEM ({0}): {EXPECTED}")]
    NotPem(PEMError),
    /// A block has another label, such as `PRIVATE KEY`.
    #[error("holds a {0}: {EXPECTED}")]
    OtherLabel(String),
    /// A block is labelled as a certificate and is none.
    #[error("holds PEM that is no X.509 certificate: {EXPECTED}")]
    NotX509,
    /// There is no block at all.
    #[error("holds no certificate: {EXPECTED}")]
    Empty,
}

impl Bundle {
    /// Checks the content of a file.
    ///
    /// # Errors
    /// Where it holds no certificate, something else, or a certificate that is not X.509.
    pub fn from_pem(pem: &[u8]) -> Result<Self, BundleError> {
        let mut certificates = 0;
        for block in Pem::iter_from_buffer(pem) {
            let block = block.map_err(BundleError::NotPem)?;
            if block.label != "CERTIFICATE" {
                return Err(BundleError::OtherLabel(block.label));
            }
            block.parse_x509().map_err(|_| BundleError::NotX509)?;
            certificates += 1;
        }
        if certificates == 0 {
            return Err(BundleError::Empty);
        }
        Ok(Self(pem.to_vec()))
    }

    /// Returns the bytes as they were read.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}
