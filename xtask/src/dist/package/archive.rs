//! Archives whose bytes depend on their content alone: sorted, owned by root, with one time for every file.

use std::io::Write;

use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};
use xtask::Error;

/// A file in an archive.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) path: String,
    pub(crate) content: Vec<u8>,
    mode: u32,
}

impl Entry {
    pub(crate) fn file(path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), content: content.into(), mode: 0o644 }
    }

    pub(crate) fn program(path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self { mode: 0o755, ..Self::file(path, content) }
    }
}

/// Packs the files. `time` is in seconds since 1970.
pub(crate) fn tar(mut entries: Vec<Entry>, time: u64) -> Result<Vec<u8>, Error> {
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    let mut builder = Builder::new(Vec::new());
    for Entry { path, content, mode } in entries {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(time);
        header.set_size(content.len() as u64);
        let packed = builder.append_data(&mut header, &path, content.as_slice());
        packed.map_err(|reason| Error::new(format!("cannot pack {path}: {reason}")))?;
    }
    builder.into_inner().map_err(|reason| Error::new(format!("cannot pack: {reason}")))
}

/// Compresses without a name and a time.
pub(crate) fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::best());
    let compressed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    compressed.map_err(|reason| Error::new(format!("cannot compress: {reason}")))
}

/// The SHA-256 sum as 64 hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail")]
mod tests {
    use super::{Entry, gzip, sha256, tar};

    #[test]
    fn the_order_of_files_changes_no_byte() {
        let files = [Entry::file("a/b", "1"), Entry::program("a/a", "2")];
        let reversed = files.iter().rev().cloned().collect();
        let packed = tar(files.to_vec(), 1).unwrap();
        assert_eq!(packed, tar(reversed, 1).unwrap());
        assert_eq!(gzip(&packed).unwrap(), gzip(&packed).unwrap());
        assert_ne!(packed, tar(files.to_vec(), 2).unwrap());
    }

    #[test]
    fn sums_are_those_of_sha256sum() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
