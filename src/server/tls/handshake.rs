//! Hints about failed handshakes. They say which side refused, and nothing that the client sent.

use std::io;

use tokio_rustls::rustls::{AlertDescription, Error};

/// Returns the remedy of a known failure.
pub(in crate::server) fn hint(error: &io::Error) -> Option<&'static str> {
    use AlertDescription::{BadCertificate, CertificateExpired, CertificateUnknown, UnknownCA};
    match error.get_ref()?.downcast_ref::<Error>()? {
        Error::NoCertificatesPresented => Some(
            "the client has no certificate, and --client-ca-file asks for one; an API server is given one in its \
             AdmissionConfiguration (docs/certificates.md)",
        ),
        Error::InvalidCertificate(_) => Some(
            "the client's certificate is not accepted; expected one for clients (`clientAuth`), valid now and signed by a \
             CA in --client-ca-file, followed by its intermediates",
        ),
        Error::AlertReceived(UnknownCA | BadCertificate | CertificateUnknown | CertificateExpired) => Some(
            "the client does not accept the serving certificate; is the caBundle of the webhook configuration the CA that \
             signed it, and does it have the name that is called?",
        ),
        _ => None,
    }
}
