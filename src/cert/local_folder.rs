//! The folder of `podwright certs`: `ca.crt`, `ca.key`, `tls.crt` and `tls.key`, named as in a Kubernetes TLS Secret.
//!
//! podwright keeps an existing CA, so that each `caBundle` with it stays valid, and issues a new serving pair. It never replaces
//! a CA, or a pair that this CA did not sign.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::atomic_write::{Readers, write_atomically};
use super::authority::{Authority, AuthorityError, IssuedPair};
use super::name::Name;

const CA: &str = "ca.crt";
const CA_KEY: &str = "ca.key";
const SERVING: &str = "tls.crt";
const SERVING_KEY: &str = "tls.key";

/// A folder of certificates for local work.
pub struct Folder {
    path: PathBuf,
}

/// The origin of the CA in the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaOrigin {
    /// Created by this run, because the folder had none.
    Created,
    /// Already in the folder, and valid.
    Existing,
}

/// The result of a renewal.
pub struct FolderRenewal {
    /// The origin of the CA.
    pub ca: CaOrigin,
    /// The CA's end of validity.
    pub ca_not_after: SystemTime,
    /// The serving certificate's end of validity.
    pub not_after: SystemTime,
}

/// Reasons why a folder was not renewed. Nothing in it has changed then.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The existing CA is unusable.
    #[error(
        "the CA in {} cannot sign: {problem}; expected ca.crt and ca.key from `podwright certs`. podwright changed nothing. \
         For a new CA, move both files away and run the command again, then replace each caBundle that has the old CA",
        folder.display()
    )]
    UnusableCa {
        /// The folder.
        folder: PathBuf,
        /// The reason.
        problem: CaProblem,
    },
    /// The existing pair comes from another CA.
    #[error(
        "the CA in the folder did not sign the existing {}; expected a certificate from `podwright certs`, or none. \
         podwright changed nothing. Move the file away, or name another folder, such as `--out certs/`", .0.display()
    )]
    OtherPair(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot {action} {}: {error}", path.display())]
    Io {
        /// The verb: `read`, `write` or `create the folder`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        error: io::Error,
    },
    /// The CA cannot be created or cannot sign.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
}

/// Reasons why the CA in a folder cannot sign.
#[derive(Debug, thiserror::Error)]
pub enum CaProblem {
    /// One of the two files is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// The certificate or the key is unusable.
    #[error(transparent)]
    Unusable(AuthorityError),
}

/// A CA and its origin.
struct FolderCa {
    authority: Authority,
    origin: CaOrigin,
}

impl Folder {
    /// Refers to a folder, which need not exist.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Returns the path of a file in it, such as `tls.crt`.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a serving pair for these names, and a CA if the folder has none.
    ///
    /// # Errors
    /// If the existing CA cannot sign, did not sign the existing pair, or a file cannot be read or written. Nothing has
    /// changed then.
    pub fn renew(&self, names: &[Name], now: SystemTime) -> Result<FolderRenewal, FolderError> {
        fs::create_dir_all(&self.path).map_err(io_error("create the folder", &self.path))?;
        let FolderCa { authority, origin } = self.authority(now)?;
        self.check_pair(&authority)?;
        let IssuedPair { certificate_pem, key_pem, not_after } = authority.issue(names, now)?;
        // Keys first, so that a certificate never lacks its key.
        if origin == CaOrigin::Created {
            self.write(CA_KEY, &authority.key_pem(), Readers::Owner)?;
            self.write(CA, authority.certificate_pem(), Readers::Everyone)?;
        }
        self.write(SERVING_KEY, &key_pem, Readers::Owner)?;
        self.write(SERVING, &certificate_pem, Readers::Everyone)?;
        Ok(FolderRenewal { ca: origin, ca_not_after: authority.not_after(), not_after })
    }

    fn authority(&self, now: SystemTime) -> Result<FolderCa, FolderError> {
        let unusable = |problem| FolderError::UnusableCa { folder: self.path.clone(), problem };
        match (self.read(CA)?, self.read(CA_KEY)?) {
            (None, None) => Ok(FolderCa { authority: Authority::create(now)?, origin: CaOrigin::Created }),
            (Some(certificate), Some(key)) => Authority::from_pem(&certificate, &key, now)
                .map(|authority| FolderCa { authority, origin: CaOrigin::Existing })
                .map_err(|error| unusable(CaProblem::Unusable(error))),
            (Some(_), None) => Err(unusable(CaProblem::Missing(CA_KEY))),
            (None, Some(_)) => Err(unusable(CaProblem::Missing(CA))),
        }
    }

    fn check_pair(&self, authority: &Authority) -> Result<(), FolderError> {
        let other = match (self.read(SERVING)?, self.read(SERVING_KEY)?) {
            (None, None) => return Ok(()),
            (Some(pem), _) if authority.has_signed(&pem) => return Ok(()),
            (Some(_), _) => SERVING,
            (None, Some(_)) => SERVING_KEY,
        };
        Err(FolderError::OtherPair(self.file(other)))
    }

    fn read(&self, name: &str) -> Result<Option<String>, FolderError> {
        let path = self.file(name);
        match fs::read(&path) {
            // Bytes that are not text fail as PEM later, with a better error.
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error("read", &path)(error)),
        }
    }

    fn write(&self, name: &str, content: &str, readers: Readers) -> Result<(), FolderError> {
        let path = self.file(name);
        write_atomically(&path, content.as_bytes(), readers).map_err(io_error("write", &path))
    }
}

fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FolderError {
    let path = path.to_owned();
    move |error| FolderError::Io { action, path, error }
}
