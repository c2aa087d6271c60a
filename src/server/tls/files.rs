//! The certificate files: a pair for the server, and the CAs of its clients.
//!
//! The two files of a pair are read, compared and refused together. Their content is never logged.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::clients::ClientAuthorities;
use super::current::CurrentCertificate;
use super::identity::{Identity, Pem};
use crate::cert::CertificateProblem;
use crate::server::error::{Error, ReadError, both};
use crate::server::lifecycle::follow::{Content, FileSource};

pub(super) struct PairFiles {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

pub(super) struct FollowedPair {
    pub(super) files: PairFiles,
    pub(super) current: CurrentCertificate,
}

pub(super) struct ClientCaFile {
    pub(super) path: PathBuf,
    pub(super) current: CurrentCertificate,
}

impl PairFiles {
    pub(super) fn paths(&self) -> [&Path; 2] {
        [&self.certificate, &self.key]
    }

    pub(super) fn identity(&self, [certificate, key]: &[Content; 2]) -> Result<Identity, Error> {
        let unreadable = |kind| move |file, error| Error::PairUnreadable(kind, file, error);
        let certificate = pem(certificate, &self.certificate, unreadable("certificate"));
        let (certificate, key) = both(certificate, pem(key, &self.key, unreadable("private key")))?;
        Identity::read(&certificate, &key)
    }

    /// Warns of a certificate that API servers refuse. It is served because there is no better one.
    pub(super) fn warn(&self, fault: &CertificateProblem) {
        let file = self.certificate.display();
        tracing::warn!(%file, "the serving certificate {fault}, so API servers will refuse it. Renew the file");
    }
}

impl FileSource<2> for FollowedPair {
    const NAME: &'static str = "the serving certificate";

    fn paths(&self) -> [&Path; 2] {
        self.files.paths()
    }

    fn apply(&self, content: &[Content; 2]) -> Result<String, Error> {
        let identity = self.files.identity(content)?;
        let now = SystemTime::now();
        if let Some(fault) = identity.fault(now) {
            if self.current.fault(now).is_none() {
                return Err(Error::InvalidCertificate(self.files.certificate.clone(), fault));
            }
            self.files.warn(&fault);
        }
        let summary = identity.summary();
        self.current.publish(identity);
        Ok(summary)
    }

    fn reject(&self, reason: String) {
        self.current.reject_identity(reason);
    }
}

impl FileSource<1> for ClientCaFile {
    const NAME: &'static str = "the file of client CAs";

    fn paths(&self) -> [&Path; 1] {
        [&self.path]
    }

    fn apply(&self, [content]: &[Content; 1]) -> Result<String, Error> {
        let clients = client_authorities(content, &self.path)?;
        let summary = clients.summary.clone();
        self.current.publish_clients(clients);
        Ok(summary)
    }

    fn reject(&self, reason: String) {
        self.current.reject_clients(reason);
    }
}

pub(super) fn client_authorities(content: &Content, path: &Path) -> Result<ClientAuthorities, Error> {
    let pem = pem(content, path, Error::ClientCaUnreadable)?;
    ClientAuthorities::read(pem.bytes, &pem.name)
}

fn pem<'a>(
    content: &'a Content,
    path: &Path,
    unreadable: impl FnOnce(PathBuf, ReadError) -> Error,
) -> Result<Pem<'a>, Error> {
    let bytes = content.as_ref().map_err(|error| unreadable(path.to_owned(), error.clone()))?;
    Ok(Pem { name: path.display().to_string(), bytes })
}
