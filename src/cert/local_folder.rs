//! The folder that `podwright certs` writes: `ca.crt`, `ca.key`, `tls.crt` and `tls.key`, named as in a Kubernetes TLS Secret.
//!
//! An existing CA is kept, so that a `caBundle` made from it stays valid; the serving pair is issued anew. podwright never
//! replaces a CA, nor a pair that this CA did not sign.

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
    /// The folder had no CA, so this run created one.
    Created,
    /// The folder had a valid CA, which signed the new pair.
    Existing,
}

/// The result of a renewal.
pub struct FolderRenewal {
    /// The origin of the CA.
    pub ca: CaOrigin,
    /// The end of the CA.
    pub ca_not_after: SystemTime,
    /// The end of the serving certificate.
    pub not_after: SystemTime,
}

/// Reasons why a folder was not renewed. Nothing in it has been replaced then.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The existing CA is unusable.
    #[error(
        "the CA in {} cannot sign: {problem}. Expected ca.crt and ca.key as `podwright certs` writes them; nothing was \
         changed. To begin anew, move both away and run the command again (every caBundle made from the old CA must \
         then be replaced)", folder.display()
    )]
    UnusableCa {
        /// The folder.
        folder: PathBuf,
        /// The reason.
        problem: CaProblem,
    },
    /// The existing pair comes from another CA.
    #[error(
        "{} is there, and not from the CA in the same folder: expected a pair that `podwright certs` wrote, or none. \
         Nothing was changed; move it away, or name another folder with `--out`", .0.display()
    )]
    OtherPair(PathBuf),
    /// A file could not be read or written.
    #[error("cannot {action} {}: {error}", path.display())]
    Io {
        /// The verb: `read`, `write` or `create the folder`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        error: io::Error,
    },
    /// The CA could not be created, or could not sign.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
}

/// Reasons why the CA in a folder cannot sign.
#[derive(Debug, thiserror::Error)]
pub enum CaProblem {
    /// One of its two files is missing.
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
    /// Names a folder, which need not exist.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Returns the path of one of its files, such as `tls.crt`.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a serving pair for these names, and a CA where the folder has none.
    ///
    /// # Errors
    /// Where the existing CA cannot sign, the existing pair is not the CA's, or a file cannot be read or written. Nothing
    /// has been replaced then.
    pub fn renew(&self, names: &[Name], now: SystemTime) -> Result<FolderRenewal, FolderError> {
        fs::create_dir_all(&self.path).map_err(io_error("create the folder", &self.path))?;
        let FolderCa { authority, origin } = self.authority(now)?;
        self.check_pair(&authority)?;
        let IssuedPair { certificate_pem, key_pem, not_after } = authority.issue(names, now)?;
        // Keys first: an existing certificate then always has its key.
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
            // Bytes that are not text are not PEM either: the reader of the PEM says so.
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
