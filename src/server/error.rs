//! Errors of the server. Each message has the fault first, then the accepted input.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::Utf8Error;

use tokio_rustls::rustls;

use crate::cert::{BundleError, CertificateProblem};
use crate::profile::file::Problems;

/// An error at the start, in a followed file, or at the stop.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The port is taken or not allowed, or the address is not this machine's. The flag sets the address.
    #[error(
        "cannot listen on {0} ({1}): {2}. Expected an address of this machine and a free port, such as `{1} \
         127.0.0.1:0` (port 0 takes any free one)"
    )]
    Bind(SocketAddr, &'static str, io::Error),
    /// The system refuses the action in the text.
    #[error("cannot {0}: {1}")]
    System(&'static str, io::Error),
    /// A part of podwright failed.
    #[error("{0}; this is a bug in podwright")]
    Bug(&'static str),
    /// Requests were in flight at the end of the drain, after this many seconds.
    #[error("requests were still in flight {0} s after the stop; podwright ended without their responses")]
    DrainTimeout(u64),
    /// The configuration is unusable at the start.
    #[error("unusable configuration (--config):\n{0}")]
    Configuration(Box<Error>),
    /// The configuration file is unreadable.
    #[error(
        "{file}: cannot read the file: {1}. Expected a file like the output of `podwright config show`",
        file = .0.display()
    )]
    ConfigurationUnreadable(PathBuf, ReadError),
    /// The configuration file is not text.
    #[error("{file}: not UTF-8 ({1}): expected YAML in UTF-8", file = .0.display())]
    ConfigurationNotUtf8(PathBuf, Utf8Error),
    /// The configuration file has problems, one per line.
    #[error("{}", .1.lines(&.0.display().to_string()).join("\n"))]
    ConfigurationInvalid(PathBuf, Problems),
    /// The serving certificate or its key, by the first text, is unreadable.
    #[error(
        "cannot read the {0} {file}: {2}. Expected a PEM file, such as from `podwright certs --out certs/`",
        file = .1.display()
    )]
    PairUnreadable(&'static str, PathBuf, ReadError),
    /// The file of client CAs is unreadable.
    #[error(
        "cannot read the clients' CA {file}: {1}. Expected a PEM file with the certificate of each accepted CA",
        file = .0.display()
    )]
    ClientCaUnreadable(PathBuf, ReadError),
    /// There is no certificate chain.
    #[error(
        "{name} {fault}: expected PEM that begins with `-----BEGIN CERTIFICATE-----` and the serving certificate, \
         such as tls.crt from `podwright certs`{hint}"
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
        "{0} has no readable private key: expected PEM without a password that begins with `-----BEGIN PRIVATE \
         KEY-----`, such as tls.key from `podwright certs`{1}"
    )]
    NoPrivateKey(String, &'static str),
    /// A certificate of the chain is not X.509.
    #[error(
        "{0} has PEM that is no X.509 certificate: expected only certificates that `openssl x509 -in FILE` can read"
    )]
    NotX509(String),
    /// The certificate in the first file has another key than the second file.
    #[error(
        "the private key in {1} does not belong to the certificate in {0}: expected a matching pair, such as \
         certs/tls.crt and certs/tls.key from `podwright certs --out certs/`"
    )]
    KeyMismatch(String, String),
    /// rustls refuses the certificate and the key in these files.
    #[error("cannot serve TLS with {0} and {1}: {2}")]
    UnusablePair(String, String, rustls::Error),
    /// An API server would refuse a new certificate for this fault, and the current one is valid.
    #[error(
        "the certificate in {file} {1}, so API servers would refuse it; the certificate in use is valid",
        file = .0.display()
    )]
    InvalidCertificate(PathBuf, CertificateProblem),
    /// The file of client CAs is unusable.
    #[error("{0} (--client-ca-file) {1}")]
    ClientCa(String, ClientCaFault),
    /// Spans cannot be sent to the endpoint in this environment variable.
    #[error(
        "cannot send traces to {variable}={endpoint}: {fault}. Expected a collector for OTLP over HTTP without TLS, \
         such as `{variable}=http://127.0.0.1:4318`"
    )]
    Traces {
        /// The environment variable.
        variable: &'static str,
        /// The value of the variable.
        endpoint: String,
        /// The reason.
        fault: String,
    },
    /// Two errors at once.
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
    #[error("is not PEM ({0})")]
    Pem(rustls::pki_types::pem::Error),
    /// A certificate is not a CA's.
    #[error("has a certificate that is no CA ({0})")]
    Authority(rustls::Error),
    /// rustls makes no verifier of them.
    #[error("is unusable ({0})")]
    Verifier(rustls::server::VerifierBuilderError),
}

/// An error in reading a file. Equal errors compare equal, so that a follower sees a change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The path is no regular file. A pipe, for example, may never end and can be read only once.
    #[error("not a regular file")]
    NotAFile,
    /// The file is above the limit for certificates.
    #[error("larger than 1 MiB")]
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
