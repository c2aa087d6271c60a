//! The files that commands are given: read whole, `-` for standard input.

use std::io::Read;
use std::path::{Display, Path};

use super::Error;

/// Reads UTF-8; `expected` says what the file should have been: `one Pod, YAML or JSON`.
pub(super) fn read(file: &Path, expected: &str) -> Result<String, Error> {
    let bytes = match file.to_str() {
        Some("-") => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        }
        _ => std::fs::read(file),
    };
    let unread = |error: &dyn std::fmt::Display| {
        Error::new(format!("{}: cannot be read: {error}; expected a file with {expected} in UTF-8", shown(file)))
    };
    String::from_utf8(bytes.map_err(|error| unread(&error))?).map_err(|error| unread(&error))
}

/// The file's name, for messages.
pub(super) fn shown(file: &Path) -> Display<'_> {
    if file == Path::new("-") { Path::new("standard input").display() } else { file.display() }
}
