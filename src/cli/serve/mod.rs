//! `podwright serve`: from flags to a running webhook.
//!
//! Never a default that is unsafe: without certificate files, or a Secret to keep them in, it makes a CA for this one run, and
//! says so.

mod kept;
mod log;

use std::fs;
use std::io::{ErrorKind, Write, stdout};
use std::net::SocketAddr;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use clap::{Args, value_parser};

use super::Error;
use crate::cert::{Authority, Bundle, Name, Readers, or_local, write_atomically};
use crate::server::{CertificateSource, ConfigurationSource, Control, Identity, Limits, Server, Stop, Workers};

/// Serve the webhook
///
/// Without certificate files or --tls-secret, a CA is made for this run and printed, for work on this machine. RUST_LOG=debug logs each
/// request.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # A webhook on this machine, with the pair that `podwright certs` wrote
  podwright serve --tls-cert-file certs/tls.crt --tls-private-key-file certs/tls.key

  # In a cluster, as manifests/ runs it: the certificates look after themselves
  podwright serve --tls-secret podwright-system/podwright-tls

  # With profiles of your own
  podwright serve --config examples/configuration.yaml

  # On free ports, with a CA of its own for this run
  podwright serve --bind 127.0.0.1:0 --admin-bind 127.0.0.1:0 --ca-file /tmp/podwright-ca.crt")]
pub(super) struct Serve {
    /// Where the API server connects to, with TLS
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "0.0.0.0:8443", value_parser = address)]
    bind: SocketAddr,

    /// Where /livez, /readyz and /metrics are, without TLS
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "0.0.0.0:8080", value_parser = address)]
    admin_bind: SocketAddr,

    /// The certificate to serve, PEM, followed by its intermediates; read again whenever it changes, as is its key
    #[arg(long, value_name = "FILE", requires = "tls_private_key_file")]
    tls_cert_file: Option<PathBuf>,

    /// The certificate's private key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert_file")]
    tls_private_key_file: Option<PathBuf>,

    #[command(flatten)]
    kept: kept::Kept,

    /// Serve only clients with a certificate from a CA in this file, PEM, read again whenever it changes [default: serve
    /// whoever connects]
    #[arg(long, value_name = "FILE")]
    client_ca_file: Option<PathBuf>,

    /// Write the CA that is made for this run here as well
    #[arg(long, value_name = "FILE", conflicts_with = "tls_cert_file")]
    ca_file: Option<PathBuf>,

    /// A DNS name or IP address for the certificate that is made for this run [default: localhost, 127.0.0.1, ::1]; with
    /// --tls-secret, one more than the Service's
    #[arg(long = "dns", value_name = "NAME", conflicts_with = "tls_cert_file")]
    names: Vec<Name>,

    /// The profiles and how strict to be, read again whenever it changes [default: what `podwright config show` prints]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// How often to look whether the files have changed; for tests
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = interval, hide = true)]
    poll: Duration,

    /// How long to serve on, not ready, after SIGTERM, so that no API server still sends requests when the port closes; a
    /// second signal ends everything at once
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    lame_duck: Duration,

    /// How the lines of the log on standard error are written
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    log_format: log::Format,

    /// Divides the times that clients are given; for tests
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = value_parser!(u32).range(1..), hide = true)]
    hurry: u32,

    /// How long a connection may idle; for tests
    #[arg(long, value_name = "DURATION", value_parser = interval, hide = true)]
    idle: Option<Duration>,

    /// How many connections there may be at once; for tests
    #[arg(long, value_name = "NUMBER", hide = true)]
    connections: Option<NonZero<usize>>,

    /// How many bytes of large bodies and answers may be in flight; for tests
    #[arg(long, value_name = "NUMBER", hide = true)]
    large_parts: Option<NonZero<usize>>,
}

impl Serve {
    /// Serves until SIGTERM or Ctrl-C.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        log::to_stderr(self.log_format)?;
        let configuration = self.configuration()?;
        let (control, workers) = (Control::start()?, Workers::start()?);
        workers.run(async {
            // Before the ports are taken: whoever sees the first line of the log may already send the signal.
            let stop = Stop::on_signals(self.lame_duck, &control)?;
            let (certificates, ca) = self.certificates(&configuration).await?;
            let (bind, admin_bind, limits) = (self.bind, self.admin_bind, self.limits());
            let server = Server { bind, admin_bind, certificates, configuration, limits };
            let bound = server.bind().await?;
            // Behind the bind: where the port is taken, the CA file is that of the server which has it.
            ca.map_or(Ok(()), |ca| publish(&ca, self.ca_file.as_deref()))?;
            Ok::<_, Error>(bound.run(stop, &control).await?)
        })?;
        Ok(ExitCode::SUCCESS)
    }

    fn limits(&self) -> Limits {
        let limits = Limits::default().hurried(self.hurry);
        let limits = match self.idle {
            Some(idle) => limits.with_idle(idle),
            None => limits,
        };
        let limits = match self.connections {
            Some(connections) => limits.with_connections(connections.get()),
            None => limits,
        };
        match self.large_parts {
            Some(bytes) => limits.with_large_parts(bytes.get()),
            None => limits,
        }
    }

    fn configuration(&self) -> Result<ConfigurationSource, Error> {
        match &self.config {
            Some(file) => Ok(ConfigurationSource::from_file(file, self.poll)?),
            None => Ok(ConfigurationSource::built_in()),
        }
    }

    /// The certificate to serve, for whom, and its CA as PEM where it is made for this run.
    async fn certificates(
        &self,
        configuration: &ConfigurationSource,
    ) -> Result<(CertificateSource, Option<String>), Error> {
        let kept = self.kept.certificates(&self.names, configuration).await?;
        let (certificates, ca) = match (kept, &self.tls_cert_file, &self.tls_private_key_file) {
            (Some(kept), ..) => (Ok(kept), None),
            (None, Some(certificate), Some(key)) => (CertificateSource::from_files(certificate, key, self.poll), None),
            (None, ..) => {
                let (identity, ca) = in_memory(&or_local(self.names.clone()), SystemTime::now())?;
                (Ok(CertificateSource::fixed(identity)), Some(ca))
            }
        };
        let certificates = match &self.client_ca_file {
            Some(file) => CertificateSource::for_clients_of(certificates, file, self.poll),
            None => certificates,
        };
        Ok((certificates?, ca))
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "expected an IP address of this machine and a port, such as `0.0.0.0:8443`, `[::]:8443` or `127.0.0.1:0` (any \
         free port)"
            .to_owned()
    })
}

fn duration(text: &str) -> Result<Duration, String> {
    let read = text.parse::<jiff::SignedDuration>().ok().and_then(|read| Duration::try_from(read).ok());
    read.ok_or_else(|| "expected a duration such as `10s` or `0s`".to_owned())
}

fn interval(text: &str) -> Result<Duration, String> {
    let read = duration(text).ok().filter(|read| *read >= Duration::from_millis(1));
    read.ok_or_else(|| "expected a duration such as `2s`".to_owned())
}

fn in_memory(names: &[Name], now: SystemTime) -> Result<(Identity, String), Error> {
    let authority = Authority::create(now)?;
    let pair = authority.issue(names, now)?;
    let identity = Identity::from_pem(&pair.certificate_pem, &pair.key_pem)?;
    Ok((identity, authority.certificate_pem().to_owned()))
}

/// Shows the CA before anything is served, so that whoever waits for the address finds it.
fn publish(ca: &str, file: Option<&Path>) -> Result<(), Error> {
    if let Some(path) = file {
        spare_what_is_no_certificate(path)?;
        write_atomically(path, ca.as_bytes(), Readers::Everyone).map_err(|error| unwritten(path, &error))?;
    }
    let mut stdout = stdout().lock();
    stdout.write_all(ca.as_bytes())?;
    Ok(stdout.flush()?)
}

/// A private key named by mistake would be gone; so would one that cannot be read, because a rename needs no right but the
/// folder's. Reading what is no file, such as a pipe, may never end.
fn spare_what_is_no_certificate(path: &Path) -> Result<(), Error> {
    let is_file = match fs::metadata(path) {
        // The rename says so.
        Ok(there) if there.is_dir() => return Ok(()),
        Ok(there) => there.is_file(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unwritten(path, &error)),
    };
    let replaceable = |pem: &Vec<u8>| pem.is_empty() || Bundle::from_pem(pem).is_ok();
    if is_file && fs::read(path).is_ok_and(|pem| replaceable(&pem)) {
        return Ok(());
    }
    Err(Error::new(format!(
        "{} (--ca-file) is there and holds no certificate, or something else as well, so it is not replaced. Expected a \
         new file, or one with an earlier CA, such as `--ca-file /tmp/podwright-ca.crt`",
        path.display()
    )))
}

fn unwritten(path: &Path, error: &std::io::Error) -> Error {
    Error::new(format!(
        "cannot write the CA to {} (--ca-file): {error}. Expected a file in a folder that is there and writable, such as \
         `--ca-file /tmp/podwright-ca.crt`",
        path.display()
    ))
}
