//! The files that commands are given: read whole, `-` for standard input, folders by the manifests in them.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::Error;

/// What a manifest's file name ends in.
const MANIFESTS: [&str; 3] = ["yaml", "yml", "json"];

/// A file's name and text.
pub(super) struct Input {
    /// For messages, see [`shown`].
    pub(super) name: String,
    /// All of it.
    pub(super) text: String,
}

/// Reads UTF-8; `expected` says what the file should have been: `one Pod, YAML or JSON`.
pub(super) fn read(file: &Path, expected: &str) -> Result<String, Error> {
    let bytes = match file.to_str() {
        Some("-") => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        }
        _ => fs::read(file),
    };
    let unread = |error: &dyn std::fmt::Display| {
        Error::new(format!("{}: cannot be read: {error}; expected a file with {expected} in UTF-8", shown(file)))
    };
    String::from_utf8(bytes.map_err(|error| unread(&error))?).map_err(|error| unread(&error))
}

/// Reads files and the manifests in folders, at any depth and in the order of their names; hidden ones are passed over, and
/// links to folders are not followed, which may go round in circles.
///
/// What cannot be read does not keep the rest from being read.
pub(super) fn read_all(paths: &[PathBuf]) -> (Vec<Input>, Vec<Error>) {
    let (mut files, mut inputs, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for path in paths {
        if path.is_dir() { manifests(path, &mut files, &mut errors) } else { files.push(path.clone()) }
    }
    for file in files {
        match read(&file, "Kubernetes manifests, YAML or JSON,") {
            Ok(text) => inputs.push(Input { name: shown(&file), text }),
            Err(error) => errors.push(error),
        }
    }
    (inputs, errors)
}

fn manifests(folder: &Path, files: &mut Vec<PathBuf>, errors: &mut Vec<Error>) {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let mut entries = entries.unwrap_or_else(|error| {
        errors.push(Error::new(format!("{}: cannot be read: {error}; expected a folder", shown(folder))));
        Vec::new()
    });
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries.into_iter().filter(|entry| !is_hidden(&entry.path())) {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            manifests(&path, files, errors);
        } else if path.extension().and_then(|end| end.to_str()).is_some_and(|end| MANIFESTS.contains(&end))
            && path.is_file()
        {
            files.push(path);
        }
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with('.'))
}

/// The file's name, for messages: no terminal and no CI obeys what stands in it.
pub(super) fn shown(file: &Path) -> String {
    if file == Path::new("-") { "standard input".to_owned() } else { tame(&file.display().to_string()) }
}

/// The text without control characters and those that turn the direction of writing, which are written as escapes.
pub(super) fn tame(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut tamed = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || turns(c) { tamed.extend(c.escape_default()) } else { tamed.push(c) }
    }
    tamed
}
