//! Errors of the server. Each message names the fault first, then what podwright accepts.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::Utf8Error;

use tokio_rustls::rustls;

use crate::cert;
use crate::profile::file::Problems;

/// A fault that keeps the server from starting, from following a file, or from a clean end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The port is taken or not allowed, or the address is not this machine's.
    #[error(
        "cannot listen on {address} ({flag}): {error}. Expected an address of this machine and a free port, such as \
         `{flag} 127.0.0.1:0` (port 0 takes any free one)"
    )]
    Bind {
        /// The address that was asked for.
        address: SocketAddr,
        /// The flag that sets it.
        flag: &'static str,
        /// The system's error.
        error: io::Error,
    },
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
    #[error("{file}: cannot be read: {error}; expected a file such as `podwright config show` prints", file = file.display())]
    ConfigurationUnreadable {
        /// The file.
        file: PathBuf,
        /// The reason.
        error: ReadError,
    },
    /// The configuration file is not text.
    #[error("{file}: is not UTF-8: {error}", file = file.display())]
    ConfigurationNotUtf8 {
        /// The file.
        file: PathBuf,
        /// The first invalid byte.
        error: Utf8Error,
    },
    /// The configuration file has problems, one per line.
    #[error("{}", problems.lines(&file.display().to_string()).join("\n"))]
    ConfigurationInvalid {
        /// The file.
        file: PathBuf,
        /// Its problems.
        problems: Problems,
    },
    /// A file of certificates or keys cannot be read.
    #[error("cannot read the {content} {file}: {error}. Expected {expected}", file = file.display())]
    CertificateUnreadable {
        /// The content that the file should have.
        content: &'static str,
        /// The file.
        file: PathBuf,
        /// The reason.
        error: ReadError,
        /// The accepted form.
        expected: &'static str,
    },
    /// There is no certificate chain.
    #[error(
        "{name} {fault}: expected PEM with the serving certificate first, which begins with \
         `-----BEGIN CERTIFICATE-----`, as `podwright certs` writes it to tls.crt{hint}"
    )]
    NoCertificate {
        /// The name of the file.
        name: String,
        /// The fault in it.
        fault: String,
        /// A likely cause, or nothing.
        hint: &'static str,
    },
    /// There is no private key.
    #[error(
        "{name} holds no private key that can be read: expected PEM without a password, which begins with \
         `-----BEGIN PRIVATE KEY-----`, as `podwright certs` writes it to tls.key{hint}"
    )]
    NoPrivateKey {
        /// The name of the file.
        name: String,
        /// A likely cause, or nothing.
        hint: &'static str,
    },
    /// A certificate of the chain is not X.509.
    #[error(
        "{0} holds PEM that is no X.509 certificate; expected what `openssl x509 -in FILE` reads, for each of the chain"
    )]
    NotX509(String),
    /// The key is another certificate's.
    #[error(
        "the private key in {key} does not belong to the certificate in {certificate}: expected a pair that was \
         written together, such as certs/tls.crt and certs/tls.key from `podwright certs --out certs/`"
    )]
    KeyMismatch {
        /// The name of the certificate's file.
        certificate: String,
        /// The name of the key's file.
        key: String,
    },
    /// rustls refuses the pair.
    #[error("cannot serve TLS with {certificate} and {key}: {error}")]
    UnusablePair {
        /// The name of the certificate's file.
        certificate: String,
        /// The name of the key's file.
        key: String,
        /// The error of rustls.
        error: rustls::Error,
    },
    /// An API server would refuse a new certificate, and the current one is valid.
    #[error(
        "the certificate in {file} {fault}, and an API server would refuse it; the one in force is valid",
        file = file.display()
    )]
    InvalidCertificate {
        /// The file.
        file: PathBuf,
        /// The fault, such as an expiration.
        fault: String,
    },
    /// The file of client CAs cannot be used.
    #[error("{name} (--client-ca-file) {fault}")]
    ClientCa {
        /// The name of the file.
        name: String,
        /// The fault in it.
        fault: ClientCaFault,
    },
    /// Reading a file's content made podwright panic.
    #[error("podwright failed on this file; this is a bug, and its log says where")]
    FilePanic,
    /// Spans cannot be sent to the endpoint that the environment names.
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
    /// Not a bundle of certificates.
    #[error("{0}")]
    Bundle(cert::Error),
    /// Not PEM.
    #[error("is not readable as PEM ({0})")]
    Pem(rustls::pki_types::pem::Error),
    /// Not a CA's certificate.
    #[error("holds what cannot be a CA ({0})")]
    Authority(rustls::Error),
    /// No verifier can be made of it.
    #[error("cannot be used ({0})")]
    Verifier(rustls::server::VerifierBuilderError),
}

/// A fault in reading a file. Equal faults compare equal, so that a follower sees a change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not a regular file: a pipe would never end, and could not be read again.
    #[error("it is not a regular file")]
    NotAFile,
    /// Above the limit for certificates.
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
