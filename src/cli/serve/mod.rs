//! `podwright serve`: from flags to a running webhook.
//!
//! Defaults are safe: without certificate files or a Secret, it makes a CA for this run and prints it.

mod connections;
mod log;
mod temporary_ca;
mod tls_secret;
mod values;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::error::Error;
use crate::cert::{Name, or_local};
use crate::server::{CertificateSource, ConfigurationSource, Control, Server, Stop, Workers};
use temporary_ca::{CaPem, TemporaryCa};
use values::{address, duration, interval};

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
    tls_secret: tls_secret::TlsSecret,

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

    /// How often to check whether the certificates, the CA of clients and the configuration have changed
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = interval)]
    reload_interval: Duration,

    /// How long to serve on, not ready, after SIGTERM, so that no API server still sends requests when the port closes; a
    /// second signal ends everything at once
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    lame_duck: Duration,

    /// How the lines of the log on standard error are written
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    log_format: log::LogFormat,

    #[command(flatten)]
    connections: connections::Connections,
}

impl Serve {
    /// Serves until SIGTERM or Ctrl-C.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        log::to_stderr(self.log_format)?;
        let configuration = self.configuration()?;
        let (control, workers) = (Control::start()?, Workers::start()?);
        workers.run(async {
            // Before the ports are taken: a supervisor that sees the first line of the log may already send the signal.
            let stop = Stop::on_signals(self.lame_duck, &control)?;
            let (certificates, ca) = self.certificates(&configuration).await?;
            let (bind, admin_bind, limits) = (self.bind, self.admin_bind, self.connections.limits());
            let server = Server { bind, admin_bind, certificates, configuration, limits };
            let bound = server.bind().await?;
            // Behind the bind: where the port is taken, the CA file is that of the server which has it.
            ca.map_or(Ok(()), |ca| ca.publish(self.ca_file.as_deref()))?;
            Ok::<_, Error>(bound.run(stop, &control).await?)
        })?;
        Ok(ExitCode::SUCCESS)
    }

    fn configuration(&self) -> Result<ConfigurationSource, Error> {
        match &self.config {
            Some(file) => Ok(ConfigurationSource::from_file(file, self.reload_interval)?),
            None => Ok(ConfigurationSource::built_in()),
        }
    }

    /// Returns the certificate to serve, and its CA where that is made for this run.
    async fn certificates(
        &self,
        configuration: &ConfigurationSource,
    ) -> Result<(CertificateSource, Option<CaPem>), Error> {
        let rotated = self.tls_secret.certificates(&self.names, configuration).await?;
        let (certificates, ca) = match (rotated, &self.tls_cert_file, &self.tls_private_key_file) {
            (Some(rotated), ..) => (Ok(rotated), None),
            (None, Some(certificate), Some(key)) => {
                (CertificateSource::from_files(certificate, key, self.reload_interval), None)
            }
            (None, ..) => {
                let TemporaryCa { identity, ca } = TemporaryCa::create(&or_local(self.names.clone()))?;
                (Ok(CertificateSource::fixed(identity)), Some(ca))
            }
        };
        let certificates = match &self.client_ca_file {
            Some(file) => CertificateSource::for_clients_of(certificates, file, self.reload_interval),
            None => certificates,
        };
        Ok((certificates?, ca))
    }
}
