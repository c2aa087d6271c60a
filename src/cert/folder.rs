//! The folder that `podwright certs` writes: `ca.crt`, `ca.key`, `tls.crt` and `tls.key`, named as in a Kubernetes
//! TLS Secret.
//!
//! A CA that is there is kept, so that a `caBundle` made from it stays right; the pair is made anew. Never replaced: a
//! CA, or a pair that this CA did not sign; those belong to somebody.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Authority, Error, Name, Pair, Readers, is_signed_by, write_atomically};

/// A folder of certificates for local work.
pub struct Folder {
    path: PathBuf,
}

/// What happened to the CA in the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// There was none.
    Created,
    /// It was there, is valid, and signed the new pair.
    Kept,
}

/// What is in the folder now.
pub struct Written {
    /// Whether the CA is the one that was there.
    pub authority: Fate,
    /// When the CA ends.
    pub authority_not_after: SystemTime,
    /// When the serving certificate ends.
    pub not_after: SystemTime,
}

impl Folder {
    /// The folder at this path, which need not exist.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The path of one of its files, such as `tls.crt`.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a serving pair for these names, and the CA where there is none.
    ///
    /// # Errors
    /// Where the CA that is there cannot sign, the pair that is there is not the CA's, or a file cannot be read or
    /// written. Nothing has been replaced then.
    pub fn renew(&self, names: &[Name], now: SystemTime) -> Result<Written, Error> {
        fs::create_dir_all(&self.path).map_err(|error| io_error("create the folder", &self.path, &error))?;
        let (authority, fate) = self.authority(now)?;
        self.pair_is_ours(&authority)?;
        let pair = authority.issue(names, now)?;
        if fate == Fate::Created {
            self.write_pair("ca", authority.certificate_pem(), &authority.key_pem())?;
        }
        let Pair { certificate_pem, key_pem, not_after } = pair;
        self.write_pair("tls", &certificate_pem, &key_pem)?;
        Ok(Written { authority: fate, authority_not_after: authority.not_after(), not_after })
    }

    fn authority(&self, now: SystemTime) -> Result<(Authority, Fate), Error> {
        match (self.read("ca.crt")?, self.read("ca.key")?) {
            (None, None) => Ok((Authority::create(now)?, Fate::Created)),
            (Some(certificate), Some(key)) => match Authority::from_pem(&certificate, &key, now) {
                Ok(authority) => Ok((authority, Fate::Kept)),
                Err(error) => Err(self.unusable(&error.to_string())),
            },
            (Some(_), None) => Err(self.unusable("ca.key is missing")),
            (None, Some(_)) => Err(self.unusable("ca.crt is missing")),
        }
    }

    fn unusable(&self, what: &str) -> Error {
        Error::new(format!(
            "the CA in {} cannot sign: {what}. Expected ca.crt and ca.key as `podwright certs` writes them; nothing was \
             changed. To begin anew, move both away and run the command again (every caBundle made from the old CA must \
             then be replaced)",
            self.path.display()
        ))
    }

    fn pair_is_ours(&self, authority: &Authority) -> Result<(), Error> {
        let (certificate, key) = (self.read("tls.crt")?, self.read("tls.key")?);
        let foreign = match (&certificate, &key) {
            (None, None) => return Ok(()),
            (Some(pem), _) if is_signed_by(pem, authority.certificate_pem()) => return Ok(()),
            (Some(_), _) => "tls.crt",
            (None, Some(_)) => "tls.key",
        };
        Err(Error::new(format!(
            "{} is there, and not from the CA in the same folder: expected a pair that `podwright certs` wrote, or none. \
             Nothing was changed; move it away, or name another folder with `--out`",
            self.file(foreign).display()
        )))
    }

    fn read(&self, name: &str) -> Result<Option<String>, Error> {
        let path = self.file(name);
        match fs::read(&path) {
            // Bytes that are no text are no PEM either: the reader of the PEM says so.
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error("read", &path, &error)),
        }
    }

    /// The key first: a certificate that is there then always has its key.
    fn write_pair(&self, stem: &str, certificate: &str, key: &str) -> Result<(), Error> {
        self.write(&format!("{stem}.key"), key, Readers::Owner)?;
        self.write(&format!("{stem}.crt"), certificate, Readers::Everyone)
    }

    fn write(&self, name: &str, content: &str, readers: Readers) -> Result<(), Error> {
        let path = self.file(name);
        write_atomically(&path, content.as_bytes(), readers).map_err(|error| io_error("write", &path, &error))
    }
}

fn io_error(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::new(format!("cannot {what} {}: {error}", path.display()))
}
