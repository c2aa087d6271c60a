//! One request, to check a server's answer before the measurement.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use xtask::Error;

use crate::servers::Server;

type Whatever = Box<dyn std::error::Error>;

/// Returns the body of the answer to a review.
pub(crate) fn ask(server: &Server, review: &str) -> Result<String, Error> {
    let wrong = |what: String| Error::new(format!("{} at {} did not answer a review: {what}", server.name, server.url));
    let answer = exchange(server, review).map_err(|error| wrong(error.to_string()))?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body)) if head.starts_with("HTTP/1.1 200 ") => Ok(body.to_owned()),
        _ => Err(wrong(answer)),
    }
}

fn exchange(server: &Server, review: &str) -> Result<String, Whatever> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(&server.ca)? {
        roots.add(certificate?)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth();
    let authority = server.url.trim_start_matches("https://");
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from("127.0.0.1")?)?;
    let mut stream = StreamOwned::new(connection, TcpStream::connect(authority)?);
    write!(
        stream,
        "POST /mutate HTTP/1.1\r\nHost: {authority}\r\nContent-Type: application/json\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{review}",
        review.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
