//! Writing a file so that a reader sees the old content or the new one, never half of it, and never a key that others
//! can read for a moment.
//!
//! Never a write in place: a harness that waits for the CA file, and a server that reads a pair again, read at any time.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Who may read the file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// A certificate: mode 0644, less the umask.
    Everyone,
    /// A private key: mode 0600.
    Owner,
}

/// Writes the content beside the file under a name of its own and renames it into place.
///
/// # Errors
/// Where the folder is missing or not writable, the disk is full, or the path is a folder; nothing is left behind.
pub fn write_atomically(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    let beside = beside(path)?;
    let written = write_new(&beside, content, readers).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The first error is the one to report; a leftover that cannot be removed is only untidy.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// In the same folder, because a rename is atomic only within one file system; hidden, and this process's own.
fn beside(path: &Path) -> io::Result<PathBuf> {
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
