//! Atomic writes: a reader sees either the old or the new content, and other users can never read a private key.
//!
//! Programs that wait for the CA file, and servers that reload a certificate, may read at any time.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The users who may read a written file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Mode 0644 before the umask, for certificates.
    Everyone,
    /// Mode 0600, for private keys.
    Owner,
}

/// Writes the content to a temporary file in the same folder and renames it into place.
///
/// # Errors
/// If the folder is missing or not writable, the disk is full, or the path is a folder. Leaves no temporary file.
pub fn write_atomically(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    let temporary = temporary(path)?;
    let written = write_new(&temporary, content, readers).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // Report the first error. A leftover temporary file does no harm.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Returns a hidden name in the same folder: a rename is atomic only within one file system.
fn temporary(path: &Path) -> io::Result<PathBuf> {
    let name =
        path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path has no file name"))?;
    Ok(path.with_file_name(format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id())))
}

fn write_new(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    let mode = match readers {
        Readers::Everyone => 0o644,
        Readers::Owner => 0o600,
    };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}
