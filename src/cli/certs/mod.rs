//! `podwright certs`: a CA and a serving pair in a folder, for local work; and the state of those in a cluster.
//!
//! It never creates the certificates of a cluster: there `serve` does, or cert-manager.

mod status;

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::{Args, Subcommand};

use super::error::Error;
use crate::cert::{CaOrigin, Folder, FolderRenewal, Name, or_local, written};

/// Write a CA and a serving certificate for local work
///
/// Run again, it keeps the CA, so that a caBundle made from it stays valid, and issues a new serving certificate.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "Examples:
  # For a webhook on this machine
  podwright certs --out certs/

  # For a webhook that the API server reaches by another name
  podwright certs --out certs/ --dns webhook.example.com --dns 192.0.2.7

  # Those that a cluster keeps
  podwright certs status")]
pub(super) struct Certs {
    #[command(subcommand)]
    command: Option<CertsCommand>,

    /// The folder to write ca.crt, ca.key, tls.crt and tls.key to
    #[arg(long, value_name = "FOLDER", required = true)]
    out: Option<PathBuf>,

    /// A DNS name or IP address that clients connect to [default: localhost, 127.0.0.1, ::1]
    #[arg(long = "dns", value_name = "NAME")]
    names: Vec<Name>,
}

#[derive(Debug, Subcommand)]
enum CertsCommand {
    Status(status::Status),
}

impl Certs {
    /// Writes the files and prints how to use them, or prints the state of those in a cluster.
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
        "Serve with it:\n  podwright serve --tls-cert-file {certificate} --tls-private-key-file {key}\n\
         and let an API server call it{note}:\n  \
         podwright install --webhook-url https://{host}:8443 --ca-file {ca} | kubectl apply -f -\n"
    )
}

/// Returns the first name that a URL can have. Where all are wildcards, an example of the first, and a note that it is one.
fn host(names: &[Name]) -> (String, String) {
    let example = || {
        let wildcard = names.first()?.to_string();
        let host = wildcard.replacen('*', "webhook", 1);
        let note = format!(" ({host} is an example: any name that {wildcard} stands for)");
        Some((host, note))
    };
    let named = names.iter().find_map(Name::host).map(|host| (host, String::new()));
    named.or_else(example).unwrap_or_default()
}

/// Quotes a word for a POSIX shell, where it has special characters.
fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+:@%,".contains(&byte);
    match !word.is_empty() && word.bytes().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}
