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
use crate::server::lifecycle::follow::{self, Content, FileSource};

/// The size limit of a Secret or a ConfigMap. All CAs of a browser take a quarter of it.
pub(super) const LIMIT: usize = 1024 * 1024;

/// A serving certificate's two files.
pub(super) struct PairFiles {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// A followed pair.
pub(super) struct FollowedPair {
    pub(super) files: PairFiles,
    pub(super) current: CurrentCertificate,
}

/// The file of the clients' CAs.
pub(super) struct ClientCaFile {
    pub(super) path: PathBuf,
    pub(super) current: CurrentCertificate,
}

impl PairFiles {
    /// Reads the certificate and the key.
    pub(super) fn read(&self) -> [Content; 2] {
        [&self.certificate, &self.key].map(|path| follow::read(path, LIMIT))
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

impl FileSource for FollowedPair {
    type Content = [Content; 2];

    fn read(&self) -> [Content; 2] {
        self.files.read()
    }

    fn apply(&self, content: &[Content; 2]) -> Result<(), Error> {
        let identity = self.files.identity(content)?;
        let (file, now) = (&self.files.certificate, SystemTime::now());
        if let Some(fault) = identity.fault(now) {
            if self.current.fault(now).is_none() {
                return Err(Error::InvalidCertificate(file.clone(), fault));
            }
            self.files.warn(&fault);
        }
        let (file, certificate) = (file.display(), identity.summary());
        tracing::info!(%file, certificate, "the serving certificate has changed; the new one is in use");
        self.current.publish(identity);
        Ok(())
    }

    fn reject(&self, error: &Error) -> String {
        self.current.reject_identity(error);
        "the serving certificate has changed and is unusable; the previous one stays in use. Correct the files"
            .to_owned()
    }

    fn file(&self) -> &Path {
        &self.files.certificate
    }
}

impl FileSource for ClientCaFile {
    type Content = Content;

    fn read(&self) -> Content {
        follow::read(&self.path, LIMIT)
    }

    fn apply(&self, content: &Content) -> Result<(), Error> {
        let clients = client_authorities(content, &self.path)?;
        tracing::info!(clients = clients.summary, "the CAs of clients have changed; the new ones are in use");
        self.current.publish_clients(clients);
        Ok(())
    }

    fn reject(&self, error: &Error) -> String {
        self.current.reject_clients(error);
        "the CAs of clients have changed and are unusable; the previous ones stay in use. Correct the file".to_owned()
    }

    fn file(&self) -> &Path {
        &self.path
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
    let error = match content {
        Ok(bytes) if bytes.len() <= LIMIT => return Ok(Pem { name: path.display().to_string(), bytes }),
        Ok(_) => ReadError::TooLarge,
        Err(error) => error.clone(),
    };
    Err(unreadable(path.to_owned(), error))
}
