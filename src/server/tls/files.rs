//! The files that certificates are kept in: a pair for the server, and the CAs of its clients.
//!
//! A pair is one thing: its two files are read together, compared together and refused together. When they are looked at is
//! `follow`'s, and what they are put into is `in_force`'s. Never here: their content in a log.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::clients::Clients;
use super::identity::Identity;
use super::in_force::InForce;
use crate::server::lifecycle::follow::{self, Content, Source};
use crate::server::{Error, both};

/// The most that a Secret or a ConfigMap can hold; every CA that browsers trust together is a quarter of it.
const BYTES: usize = 1024 * 1024;

/// A serving certificate's two files, and what to put in force from them.
pub(super) struct Pair {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
    pub(super) in_force: InForce,
}

/// The file of the clients' CAs, and what to put in force from it.
pub(super) struct ClientCa {
    pub(super) path: PathBuf,
    pub(super) in_force: InForce,
}

impl Source for Pair {
    type Seen = (Content, Content);

    fn look(&self) -> Self::Seen {
        look_at_pair(&self.certificate, &self.key)
    }

    fn take_up(&self, seen: &Self::Seen) -> Result<(), Error> {
        let identity = identity(seen, (&self.certificate, &self.key))?;
        let (file, now) = (self.certificate.display(), SystemTime::now());
        if let Some(doubt) = identity.doubt(now) {
            if self.in_force.doubt(now).is_none() {
                return Err(Error::new(format!(
                    "the certificate in {file} {doubt}, and an API server would refuse it; the one in force is valid"
                )));
            }
            warn_of(&doubt, &self.certificate);
        }
        tracing::info!(%file, certificate = identity.told(), "the serving certificate has changed; the new one is in force");
        self.in_force.publish(identity);
        Ok(())
    }

    fn refuse(&self, why: &Error) {
        self.in_force.keep_identity(why);
        let file = self.certificate.display();
        tracing::error!(%file, "the serving certificate has changed and cannot be used; the one before it stays in force");
        why.to_string().lines().for_each(|problem| tracing::error!("{problem}"));
    }
}

impl Source for ClientCa {
    type Seen = Content;

    fn look(&self) -> Content {
        look_at_client_ca(&self.path)
    }

    fn take_up(&self, seen: &Content) -> Result<(), Error> {
        let clients = clients(seen, &self.path)?;
        tracing::info!(clients = clients.told(), "the CAs of clients have changed; the new ones are in force");
        self.in_force.let_in(clients);
        Ok(())
    }

    fn refuse(&self, why: &Error) {
        self.in_force.keep_clients(why);
        let file = self.path.display();
        tracing::error!(%file, "the CAs of clients have changed and cannot be used; those before them stay in force");
        why.to_string().lines().for_each(|problem| tracing::error!("{problem}"));
    }
}

pub(super) fn look_at_pair(certificate: &Path, key: &Path) -> (Content, Content) {
    let pair = "a PEM file; `podwright certs --out certs/` writes a pair for local work";
    (look(certificate, "certificate", pair), look(key, "private key", pair))
}

pub(super) fn look_at_client_ca(path: &Path) -> Content {
    look(path, "clients' CA", "a PEM file with the certificate of each CA whose clients may call")
}

/// What the two files held.
pub(super) fn identity(seen: &(Content, Content), (certificate, key): (&Path, &Path)) -> Result<Identity, Error> {
    let (chain, key_pem) = both(bytes(&seen.0), bytes(&seen.1))?;
    let names = (certificate.display().to_string(), key.display().to_string());
    Identity::read(chain, key_pem, (&names.0, &names.1))
}

pub(super) fn clients(seen: &Content, path: &Path) -> Result<Clients, Error> {
    Clients::read(bytes(seen)?, &path.display().to_string())
}

/// Serving nothing would help nobody more.
pub(super) fn warn_of(doubt: &str, certificate: &Path) {
    let file = certificate.display();
    tracing::warn!(%file, "the serving certificate {doubt}: an API server will refuse it");
}

fn look(path: &Path, what: &str, expected: &str) -> Content {
    let sentence = |error: &dyn std::fmt::Display| {
        format!("cannot read the {what} {}: {error}. Expected {expected}", path.display())
    };
    match follow::read(path, BYTES) {
        Ok(bytes) if bytes.len() > BYTES => Err(sentence(&"it has more than 1 MiB")),
        Ok(bytes) => Ok(bytes),
        Err(error) => Err(sentence(&error)),
    }
}

fn bytes(content: &Content) -> Result<&[u8], Error> {
    content.as_deref().map_err(Error::new)
}
