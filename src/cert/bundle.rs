//! A bundle of CA certificates, as a webhook configuration's `caBundle` carries it.
//!
//! Never a private key: what goes into a `caBundle` can be read by everyone who may read webhook configurations.

use x509_parser::pem::Pem;

use super::Error;

/// PEM that holds at least one certificate and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle(Vec<u8>);

impl Bundle {
    /// Checks what a file held.
    ///
    /// # Errors
    /// Where it holds no certificate, something else, or a certificate that is none; the sentence begins with what is
    /// wrong and does not name the file.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        let mut certificates = 0;
        for block in Pem::iter_from_buffer(pem) {
            let block = block.map_err(|error| expected(&format!("is not readable as PEM ({error})")))?;
            if block.label != "CERTIFICATE" {
                return Err(expected(&format!("holds a {}", block.label)));
            }
            block.parse_x509().map_err(|_| expected("holds PEM that is no X.509 certificate"))?;
            certificates += 1;
        }
        if certificates == 0 {
            return Err(expected("holds no certificate"));
        }
        Ok(Self(pem.to_vec()))
    }

    /// The bytes as they were read.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

fn expected(what: &str) -> Error {
    Error::new(format!(
        "{what}: expected the certificates of the CA, each of which begins with `-----BEGIN CERTIFICATE-----`, and \
         nothing else, such as ca.crt from `podwright certs`"
    ))
}
