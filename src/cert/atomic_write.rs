//! Atomic writes: a reader sees a file's old content or its new one, and nobody else ever reads a new private key.
//!
//! Programs that wait for the CA file, and servers that read a pair again, may read at any time.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The users who may read a written file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Mode 0644, less the umask: for a certificate.
    Everyone,
    /// Mode 0600: for a private key.
    Owner,
}

/// Writes the content to a temporary file in the same folder and renames it into place.
///
/// # Errors
/// Where the folder is missing or not writable, the disk is full, or the path is a folder. No temporary file is left.
pub fn write_atomically(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    let temporary = temporary(path)?;
    let written = write_new(&temporary, content, readers).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The first error is the one to report; a leftover that cannot be removed is only untidy.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Returns a hidden name in the same folder, because a rename is atomic only within one file system.
fn temporary(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not the path of a file"))?;
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
