//! `podwright certs`: writes a CA and a serving certificate for local work, or shows the certificates of a cluster.
//!
//! It never creates certificates in a cluster; `serve --tls-secret` or cert-manager does.

mod entries;
mod status;

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::{Args, Subcommand};

use super::error::Error;
use crate::cert::{CaOrigin, Folder, FolderRenewal, Name, or_local, written};
use crate::inspect::command::quoted;
pub(super) use status::problems;

/// Write a CA and a serving certificate for local work
///
/// A second run keeps the CA, so that each caBundle with it stays valid, and issues a new serving certificate.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "Examples:
  # Write certificates for a webhook on this machine
  podwright certs --out certs/

  # Write them for a webhook with another name
  podwright certs --out certs/ --dns webhook.example.com --dns 192.0.2.7

  # Show the certificates of the current cluster
  podwright certs status")]
pub(super) struct Certs {
    #[command(subcommand)]
    command: Option<CertsCommand>,

    /// Folder for ca.crt, ca.key, tls.crt and tls.key; created if missing
    #[arg(long, value_name = "FOLDER", required = true)]
    out: Option<PathBuf>,

    /// DNS name or IP address of the webhook; can be repeated [default: localhost, 127.0.0.1, ::1]
    #[arg(long = "dns", value_name = "NAME")]
    names: Vec<Name>,
}

#[derive(Debug, Subcommand)]
enum CertsCommand {
    Status(status::Status),
}

impl Certs {
    /// Writes the files and prints the commands that use them, or prints the certificates' state in a cluster.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        match (self.command, self.out) {
            (Some(CertsCommand::Status(status)), _) => status.run(),
            (None, out) => write(out.unwrap_or_default(), or_local(self.names)),
        }
    }
}

fn write(out: PathBuf, names: Vec<Name>) -> Result<ExitCode, Error> {
    let folder = Folder::new(out);
    let renewal = folder.renew(&names, SystemTime::now())?;
    stdout().lock().write_all(summary(&folder, &names, &renewal).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn summary(folder: &Folder, names: &[Name], renewal: &FolderRenewal) -> String {
    let origin = match renewal.ca {
        CaOrigin::Created => "created",
        CaOrigin::Existing => "kept",
    };
    let listed: Vec<_> = names.iter().map(ToString::to_string).collect();
    let [ca, ca_key, certificate, key] =
        ["ca.crt", "ca.key", "tls.crt", "tls.key"].map(|name| folder.file(name).display().to_string());
    format!(
        "{ca}, {ca_key}: CA {origin}, valid until {}\n\
         {certificate}, {key}: serving certificate written for {}, valid until {}\n\
         \n{}",
        written(renewal.ca_not_after),
        listed.join(", "),
        written(renewal.not_after),
        next(&Files { ca: quoted(&ca), certificate: quoted(&certificate), key: quoted(&key) }, names),
    )
}

/// The paths of the files, quoted for a shell.
struct Files {
    ca: String,
    certificate: String,
    key: String,
}

/// Returns the commands that use the files.
fn next(Files { ca, certificate, key }: &Files, names: &[Name]) -> String {
    let (host, note) = host(names);
    format!(
        "To serve with this certificate:\n  podwright serve --tls-cert-file {certificate} --tls-private-key-file {key}\n\
         To let an API server call it{note}:\n  \
         podwright install --webhook-url https://{host}:8443 --ca-file {ca} | kubectl apply -f -\n"
    )
}

/// Returns the first name that fits in a URL. If all are wildcards, returns an example for the first and a note about it.
fn host(names: &[Name]) -> (String, String) {
    let example = || {
        let wildcard = names.first()?.to_string();
        let host = wildcard.replacen('*', "webhook", 1);
        let note = format!(" ({host} is an example; use any name that {wildcard} matches)");
        Some((host, note))
    };
    let named = names.iter().find_map(Name::host).map(|host| (host, String::new()));
    named.or_else(example).unwrap_or_default()
}
