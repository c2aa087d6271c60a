//! `podwright serve`: turns flags into a running webhook.
//!
//! The defaults are safe: without certificate files or a Secret, it creates a CA for this run and prints it.

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
use crate::cluster::EventWriter;
use crate::server::{CertificateSource, ConfigurationSource, Control, Server, Stop, Workers};
use temporary_ca::{CaPem, TemporaryCa};
use values::{address, lame_duck, reload_interval};

/// Run the webhook server
///
/// Pass certificate files, or --tls-secret in a cluster. Without either, podwright creates a CA for this run and prints
/// it; use this for local work. RUST_LOG=debug logs each request.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # Run locally, with the certificate from `podwright certs --out certs/`
  podwright serve --tls-cert-file certs/tls.crt --tls-private-key-file certs/tls.key

  # Run in a cluster, as manifests/ does; podwright renews its certificates
  podwright serve --tls-secret podwright-system/podwright-tls

  # Use your own profiles
  podwright serve --config examples/configuration.yaml

  # Use any free ports, and save the CA of this run
  podwright serve --bind 127.0.0.1:0 --admin-bind 127.0.0.1:0 --ca-file /tmp/podwright-ca.crt")]
pub(super) struct Serve {
    /// Address for the API server's requests, with TLS
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "0.0.0.0:8443", value_parser = address)]
    bind: SocketAddr,

    /// Address for /livez, /readyz and /metrics, without TLS
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "0.0.0.0:8080", value_parser = address)]
    admin_bind: SocketAddr,

    /// Serving certificate in PEM, followed by its intermediates; reloaded when it or its key changes
    #[arg(long, value_name = "FILE", requires = "tls_private_key_file")]
    tls_cert_file: Option<PathBuf>,

    /// Private key of the serving certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert_file")]
    tls_private_key_file: Option<PathBuf>,

    #[command(flatten)]
    tls_secret: tls_secret::TlsSecret,

    /// Accept only clients with a certificate from a CA in this PEM file; reloaded when it changes [default: accept all
    /// clients]
    #[arg(long, value_name = "FILE")]
    client_ca_file: Option<PathBuf>,

    /// Also write the CA of this run to this file
    #[arg(long, value_name = "FILE", conflicts_with = "tls_cert_file")]
    ca_file: Option<PathBuf>,

    /// DNS name or IP address for the certificate of this run; can be repeated [default: localhost, 127.0.0.1, ::1].
    /// With
    /// --tls-secret, an additional name beside the Service's
    #[arg(long = "dns", value_name = "NAME", conflicts_with = "tls_cert_file")]
    names: Vec<Name>,

    /// Configuration file with profiles; reloaded when it changes [default: the built-in profiles, see `podwright
    /// config show`]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Interval between checks for changed certificate, client CA and configuration files; at most 1h, so that a
    /// renewed certificate is in use before the old one expires
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = reload_interval,
        allow_hyphen_values = true)]
    reload_interval: Duration,

    /// Time to keep serving after SIGTERM, while not ready, so that API servers stop sending requests before the port
    /// closes. At most 1h, because a rollout waits for it. A second signal stops podwright at once
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = lame_duck, allow_hyphen_values = true)]
    lame_duck: Duration,

    /// Write events about injected Pods on their controllers, such as ReplicaSets and Jobs. This needs the right to create
    /// events, which `podwright install --component events` grants
    #[arg(long)]
    events: bool,

    /// Format of the log on standard error
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    log_format: log::LogFormat,

    #[command(flatten)]
    connections: connections::Connections,
}

impl Serve {
    /// Serves until SIGTERM or Ctrl-C.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        log::to_stderr(self.log_format)?;
        let limits = self.connections.limits()?;
        let configuration = self.configuration()?;
        let (control, workers) = (Control::start()?, Workers::start()?);
        workers.run(async {
            // Before the ports are bound: a supervisor may send a signal as soon as it sees the first log line.
            let stop = Stop::on_signals(self.lame_duck, &control)?;
            let (certificates, ca) = self.certificates(&configuration).await?;
            let (bind, admin_bind) = (self.bind, self.admin_bind);
            let events = self.event_writer().await?;
            let server = Server { bind, admin_bind, certificates, configuration, limits, events };
            let bound = server.bind().await?;
            // After the bind: if the port is taken, the CA file belongs to the server that has the port.
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

    async fn event_writer(&self) -> Result<Option<EventWriter>, Error> {
        if !self.events {
            return Ok(None);
        }
        let writer = EventWriter::infer().await;
        writer.map(Some).map_err(|error| Error::new(format!("--events: {error}")))
    }

    /// Returns the serving certificate, and its CA if this run created one.
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
