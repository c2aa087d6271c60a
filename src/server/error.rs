//! Errors of the server. Each message names the fault first, then what podwright accepts.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::Utf8Error;

use tokio_rustls::rustls;

use crate::cert::{BundleError, CertificateProblem};
use crate::profile::file::Problems;

/// A fault that keeps the server from starting, from following a file, or from a clean end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The port is taken or not allowed, or the address is not this machine's. The flag sets the address.
    #[error(
        "cannot listen on {0} ({1}): {2}. Expected an address of this machine and a free port, such as `{1} 127.0.0.1:0` (port 0 \
         takes any free one)"
    )]
    Bind(SocketAddr, &'static str, io::Error),
    /// The control runtime does not take the admin port's listener.
    #[error("cannot serve the admin port: {0}")]
    AdminPort(io::Error),
    /// The system does not deliver signals.
    #[error("cannot listen for SIGTERM and Ctrl-C: {0}")]
    Signals(io::Error),
    /// The webhook's listener ended before the stop.
    #[error("the webhook's listener ended on its own; this is a bug in podwright")]
    ListenerEnded,
    /// The task that drains panicked.
    #[error("the drain stopped early; this is a bug in podwright")]
    DrainEnded,
    /// Requests were in flight at the end of the drain, after this many seconds.
    #[error("requests were still in flight {0} s after the stop and were cut off")]
    DrainTimeout(u64),
    /// The configuration cannot be used at the start.
    #[error("the configuration (--config) cannot be used:\n{0}")]
    Configuration(Box<Error>),
    /// The configuration file cannot be read.
    #[error("{file}: cannot be read: {1}; expected a file such as `podwright config show` prints", file = .0.display())]
    ConfigurationUnreadable(PathBuf, ReadError),
    /// The configuration file is not text.
    #[error("{file}: is not UTF-8: {1}", file = .0.display())]
    ConfigurationNotUtf8(PathBuf, Utf8Error),
    /// The configuration file has problems, one per line.
    #[error("{}", .1.lines(&.0.display().to_string()).join("\n"))]
    ConfigurationInvalid(PathBuf, Problems),
    /// The serving certificate or its key, by the first text, cannot be read.
    #[error("cannot read the {0} {file}: {2}. Expected a PEM file; `podwright certs --out certs/` writes a pair for local work", file = .1.display())]
    PairUnreadable(&'static str, PathBuf, ReadError),
    /// The file of client CAs cannot be read.
    #[error("cannot read the clients' CA {file}: {1}. Expected a PEM file with the certificate of each CA whose clients may call", file = .0.display())]
    ClientCaUnreadable(PathBuf, ReadError),
    /// There is no certificate chain.
    #[error(
        "{name} {fault}: expected PEM with the serving certificate first, which begins with `-----BEGIN CERTIFICATE-----`, as \
         `podwright certs` writes it to tls.crt{hint}"
    )]
    NoCertificate {
        /// The name of the file.
        name: String,
        /// The fault in it.
        fault: String,
        /// A likely cause, or nothing.
        hint: &'static str,
    },
    /// The file has no private key; the second text is a likely cause, or nothing.
    #[error(
        "{0} holds no private key that can be read: expected PEM without a password, which begins with \
         `-----BEGIN PRIVATE KEY-----`, as `podwright certs` writes it to tls.key{1}"
    )]
    NoPrivateKey(String, &'static str),
    /// A certificate of the chain is not X.509.
    #[error(
        "{0} holds PEM that is no X.509 certificate; expected what `openssl x509 -in FILE` reads, for each of the chain"
    )]
    NotX509(String),
    /// The certificate in the first file has another key than the second file.
    #[error(
        "the private key in {1} does not belong to the certificate in {0}: expected a pair that was written together, such as \
         certs/tls.crt and certs/tls.key from `podwright certs --out certs/`"
    )]
    KeyMismatch(String, String),
    /// rustls refuses the certificate and the key in these files.
    #[error("cannot serve TLS with {0} and {1}: {2}")]
    UnusablePair(String, String, rustls::Error),
    /// An API server would refuse a new certificate for this fault, and the current one is valid.
    #[error("the certificate in {file} {1}, and an API server would refuse it; the one in force is valid", file = .0.display())]
    InvalidCertificate(PathBuf, CertificateProblem),
    /// The file of client CAs cannot be used.
    #[error("{0} (--client-ca-file) {1}")]
    ClientCa(String, ClientCaFault),
    /// Reading a file's content made podwright panic.
    #[error("podwright failed on this file; this is a bug, and its log says where")]
    FilePanic,
    /// Spans cannot be sent to the endpoint in this environment variable.
    #[error(
        "cannot send traces to {variable}={endpoint}: {fault}. Expected a collector that takes OTLP over HTTP without TLS, such as \
         `{variable}=http://127.0.0.1:4318`"
    )]
    Traces {
        /// The environment variable.
        variable: &'static str,
        /// Its value.
        endpoint: String,
        /// The reason.
        fault: String,
    },
    /// Two faults that were found at once.
    #[error("{0}\n{1}")]
    Both(Box<Error>, Box<Error>),
}

/// A fault in a file of client CAs.
#[derive(Debug, thiserror::Error)]
pub enum ClientCaFault {
    /// The file is no bundle of certificates.
    #[error("{0}")]
    Bundle(BundleError),
    /// The file is not PEM.
    #[error("is not readable as PEM ({0})")]
    Pem(rustls::pki_types::pem::Error),
    /// A certificate is not a CA's.
    #[error("holds what cannot be a CA ({0})")]
    Authority(rustls::Error),
    /// rustls makes no verifier of them.
    #[error("cannot be used ({0})")]
    Verifier(rustls::server::VerifierBuilderError),
}

/// A fault in reading a file. Equal faults compare equal, so that a follower sees a change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The path is no regular file: a pipe would never end, and could not be read again.
    #[error("it is not a regular file")]
    NotAFile,
    /// The file is above the limit for certificates.
    #[error("it has more than 1 MiB")]
    TooLarge,
    /// The system's error.
    #[error("{0}")]
    Io(String),
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error.to_string())
    }
}

/// Returns both values, or every error.
pub(super) fn both<A, B>(first: Result<A, Error>, second: Result<B, Error>) -> Result<(A, B), Error> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(first), Err(second)) => Err(Error::Both(Box::new(first), Box::new(second))),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
    }
}
