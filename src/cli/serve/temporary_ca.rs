//! The CA and the serving certificate of this run, and the file for the CA (`--ca-file`).

use std::fs;
use std::io::{self, ErrorKind, Write, stdout};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::cert::{Authority, Bundle, Name, Readers, write_atomically};
use crate::cli::error::Error;
use crate::server::Identity;

/// A serving certificate for this run, and its CA.
pub(super) struct TemporaryCa {
    pub(super) identity: Identity,
    pub(super) ca: CaPem,
}

/// Reasons why the CA is not written to its file.
#[derive(Debug, thiserror::Error)]
pub(super) enum CaFileError {
    #[error(
        "cannot write the CA to {} (--ca-file): podwright does not replace an existing file unless it holds only CA \
         certificates; expected a new file or an earlier CA, such as `--ca-file /tmp/podwright-ca.crt`", .0.display()
    )]
    OtherContent(PathBuf),
    #[error(
        "cannot write the CA to {} (--ca-file): {error}; expected a file in a writable folder, such as \
         `--ca-file /tmp/podwright-ca.crt`", path.display()
    )]
    Unwritable { path: PathBuf, error: io::Error },
}

impl TemporaryCa {
    /// Creates a CA and a serving certificate for these names.
    pub(super) fn create(names: &[Name]) -> Result<Self, Error> {
        let now = SystemTime::now();
        let authority = Authority::create(now)?;
        let pair = authority.issue(names, now)?;
        let identity = Identity::from_pem(&pair.certificate_pem, &pair.key_pem)?;
        Ok(Self { identity, ca: CaPem(authority.certificate_pem().to_owned()) })
    }
}

/// The certificate of a temporary CA.
pub(super) struct CaPem(String);

impl CaPem {
    /// Prints the CA and writes it to the file, before the log names the address. A waiting client then finds the file.
    pub(super) fn publish(&self, file: Option<&Path>) -> Result<(), Error> {
        if let Some(path) = file {
            check_replaceable(path)?;
            write_atomically(path, self.0.as_bytes(), Readers::Everyone).map_err(unwritable(path))?;
        }
        let mut stdout = stdout().lock();
        stdout.write_all(self.0.as_bytes())?;
        Ok(stdout.flush()?)
    }
}

/// Refuses to replace a file with other content, such as a private key named by mistake, or an unreadable file: the rename needs
/// only the folder's permissions. Does not read a pipe, which may never end.
fn check_replaceable(path: &Path) -> Result<(), CaFileError> {
    let is_file = match fs::metadata(path) {
        // The rename reports a folder.
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Ok(metadata) => metadata.is_file(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unwritable(path)(error)),
    };
    let replaceable = |pem: &Vec<u8>| pem.is_empty() || Bundle::from_pem(pem).is_ok();
    if is_file && fs::read(path).is_ok_and(|pem| replaceable(&pem)) {
        return Ok(());
    }
    Err(CaFileError::OtherContent(path.to_owned()))
}

fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> CaFileError {
    move |error| CaFileError::Unwritable { path: path.to_owned(), error }
}
