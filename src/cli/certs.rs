//! `podwright certs`: a CA and a serving pair in a folder, for local work.
//!
//! Never for a cluster: there the certificates come from the cluster (a Secret, cert-manager), and this says so.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::Args;

use super::Error;
use crate::cert::{Fate, Folder, Name, Written, local_names, written};

/// Write a CA and a serving certificate for local work
///
/// Run again, it keeps the CA, so that a caBundle made from it stays valid, and issues a new serving certificate.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # For a webhook on this machine
  podwright certs --out certs/

  # For a webhook that the API server reaches by another name
  podwright certs --out certs/ --dns webhook.example.com --dns 192.0.2.7")]
pub(super) struct Certs {
    /// The folder to write ca.crt, ca.key, tls.crt and tls.key to
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,

    /// A DNS name or IP address that clients connect to [default: localhost, 127.0.0.1, ::1]
    #[arg(long = "dns", value_name = "NAME")]
    names: Vec<Name>,
}

impl Certs {
    /// Writes the files and says what they are for.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let names = if self.names.is_empty() { local_names() } else { self.names };
        let folder = Folder::new(self.out);
        let result = folder.renew(&names, SystemTime::now())?;
        stdout().lock().write_all(summary(&folder, &names, &result).as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
}

fn summary(folder: &Folder, names: &[Name], result: &Written) -> String {
    let fate = match result.authority {
        Fate::Created => "created",
        Fate::Kept => "kept",
    };
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    let [ca, ca_key, certificate, key] =
        ["ca.crt", "ca.key", "tls.crt", "tls.key"].map(|name| folder.file(name).display().to_string());
    format!(
        "{ca}, {ca_key}: CA {fate}, valid until {}\n\
         {certificate}, {key}: serving certificate written for {}, valid until {}\n\
         \n\
         Serve with it:\n  podwright serve --tls-cert-file {certificate} --tls-private-key-file {key}\n\
         and let an API server call it:\n  \
         podwright install --webhook-url https://{}:8443 --ca-file {ca} | kubectl apply -f -\n",
        written(result.authority_not_after),
        names.join(", "),
        written(result.not_after),
        names.first().map_or("localhost", String::as_str),
    )
}
