//! A bundle of CA certificates, as in the `caBundle` of a webhook configuration.
//!
//! Never a private key: all readers of webhook configurations can read a `caBundle`.

use x509_parser::error::PEMError;
use x509_parser::pem::Pem;

const EXPECTED: &str = "expected only CA certificates, each beginning with `-----BEGIN CERTIFICATE-----`, such as ca.crt from \
                        `podwright certs`";

/// PEM with at least one certificate and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle(Vec<u8>);

/// Reasons why a file is not a bundle. Each text is a predicate: the caller puts the file's name before it.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A block of PEM is damaged.
    #[error("is not valid PEM ({0}): {EXPECTED}")]
    NotPem(PEMError),
    /// A block has another label, such as `PRIVATE KEY`.
    #[error("holds a {0}: {EXPECTED}")]
    OtherLabel(String),
    /// A block labelled as a certificate is not X.509.
    #[error("holds a certificate that is not X.509: {EXPECTED}")]
    NotX509,
    /// The file has no block.
    #[error("holds no certificate: {EXPECTED}")]
    Empty,
}

impl Bundle {
    /// Checks a file's content.
    ///
    /// # Errors
    /// If it has no certificate, other blocks, or a certificate that is not X.509.
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

    /// Returns the PEM, unchanged.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}
