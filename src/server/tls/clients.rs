//! Which clients are let in: those with a certificate from one of these CAs, where any are asked for one.
//!
//! Never what they may do: whoever may call, may ask for a review of anything.

use std::sync::Arc;

use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;

use crate::cert::Bundle;
use crate::server::Error;

/// The clients of some CAs.
pub(super) struct Clients {
    verifier: Arc<dyn ClientCertVerifier>,
    authorities: usize,
    name: String,
}

impl Clients {
    /// Reads the CAs' certificates, which this file held.
    pub(super) fn read(pem: &[u8], name: &str) -> Result<Self, Error> {
        let sentence = |what: String| Error::new(format!("{name} (--client-ca-file) {what}"));
        let pem = Bundle::from_pem(pem).map_err(|error| sentence(error.to_string()))?.into_bytes();
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| sentence(format!("is not readable as PEM ({error})")))?;
            roots.add(certificate).map_err(|error| sentence(format!("holds what cannot be a CA ({error})")))?;
        }
        let authorities = roots.len();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(ring::default_provider()));
        let verifier = verifier.build().map_err(|error| sentence(format!("cannot be used ({error})")))?;
        Ok(Self { verifier, authorities, name: name.to_owned() })
    }

    pub(super) fn verifier(&self) -> Arc<dyn ClientCertVerifier> {
        Arc::clone(&self.verifier)
    }

    /// How many CAs from which file, in a line.
    pub(super) fn told(&self) -> String {
        let plural = if self.authorities == 1 { "certificate" } else { "certificates" };
        format!("{} CA {plural} from {}", self.authorities, self.name)
    }
}
