//! The CAs of the clients that may connect. Each such client may send any review.

use std::sync::Arc;

use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;

use crate::cert::Bundle;
use crate::server::error::{ClientCaFault, Error};

pub(super) struct ClientAuthorities {
    pub(super) verifier: Arc<dyn ClientCertVerifier>,
    /// The number of CAs and their file, for a log line.
    pub(super) summary: String,
}

impl ClientAuthorities {
    pub(super) fn read(pem: &[u8], name: &str) -> Result<Self, Error> {
        let roots = roots(pem).map_err(|fault| Error::ClientCa(name.to_owned(), fault))?;
        let plural = if roots.len() == 1 { "certificate" } else { "certificates" };
        let summary = format!("{} CA {plural} from {name}", roots.len());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(ring::default_provider()));
        let unusable = |error| Error::ClientCa(name.to_owned(), ClientCaFault::Verifier(error));
        Ok(Self { verifier: verifier.build().map_err(unusable)?, summary })
    }
}

fn roots(pem: &[u8]) -> Result<RootCertStore, ClientCaFault> {
    let pem = Bundle::from_pem(pem).map_err(ClientCaFault::Bundle)?.into_bytes();
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        roots.add(certificate.map_err(ClientCaFault::Pem)?).map_err(ClientCaFault::Authority)?;
    }
    Ok(roots)
}
