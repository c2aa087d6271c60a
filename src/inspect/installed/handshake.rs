//! A TLS handshake with a webhook at a URL, with the trust of its `caBundle`.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, Error as TlsError, RootCertStore};

/// The time for the connection and the handshake together.
const PATIENCE: Duration = Duration::from_secs(3);

/// The outcome of a handshake.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Handshake {
    /// The bundle verifies the served certificate.
    Trusted,
    /// The bundle does not, for this reason.
    Untrusted(String),
    /// Nobody answers there, as seen from this machine.
    Unreachable(String),
}

/// Connects to a URL such as `https://webhook.example.com:8443/mutate`, with these CAs in PEM.
pub(super) async fn handshake(url: &str, bundle: &[u8]) -> Handshake {
    let Some((host, port)) = address(url) else { return Handshake::Unreachable(format!("{url} is no address")) };
    let attempt = async {
        let stream = TcpStream::connect((host.as_str(), port)).await.map_err(|error| error.to_string())?;
        let name = ServerName::try_from(host.clone()).map_err(|error| error.to_string())?;
        let connector = TlsConnector::from(Arc::new(config(bundle).map_err(|error| error.to_string())?));
        Ok::<_, String>(connector.connect(name, stream).await)
    };
    match tokio::time::timeout(PATIENCE, attempt).await {
        Ok(Ok(Ok(_))) => Handshake::Trusted,
        Ok(Ok(Err(error))) => match error.get_ref().and_then(|error| error.downcast_ref::<TlsError>()) {
            Some(TlsError::InvalidCertificate(error)) => Handshake::Untrusted(error.to_string()),
            _ => Handshake::Unreachable(error.to_string()),
        },
        Ok(Err(error)) => Handshake::Unreachable(error),
        Err(_) => Handshake::Unreachable(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

fn config(bundle: &[u8]) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(CertificateDer::pem_slice_iter(bundle).filter_map(Result::ok));
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    Ok(config.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth())
}

/// Returns the host and the port of a URL.
fn address(url: &str) -> Option<(String, u16)> {
    let authority = url.strip_prefix("https://")?.split('/').next()?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !host.ends_with(':') && !port.contains(']') => (host, port.parse().ok()?),
        _ => (authority, 443),
    };
    Some((host.trim_start_matches('[').trim_end_matches(']').to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn hosts_and_ports_are_read_from_urls() {
        for (url, host, port) in [
            ("https://webhook.example.com/mutate", "webhook.example.com", 443),
            ("https://127.0.0.1:8443/mutate/web", "127.0.0.1", 8443),
            ("https://[::1]:8443/mutate", "::1", 8443),
            ("https://[::1]/mutate", "::1", 443),
        ] {
            assert_eq!(address(url), Some((host.to_owned(), port)), "{url}");
        }
        assert_eq!(address("http://a/"), None);
    }
}
