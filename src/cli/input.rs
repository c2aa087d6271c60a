//! The files that commands are given: read whole, `-` for standard input, folders by the manifests in them.

use std::fs;
use std::io::Read;
use std::path::{Display, Path, PathBuf};

use super::Error;

/// What a manifest's file name ends in.
const MANIFESTS: [&str; 3] = ["yaml", "yml", "json"];

/// The deepest folder that is looked into: links may go round in circles.
const DEPTH: usize = 32;

/// A file's name and text.
pub(super) struct Input {
    /// For messages.
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

/// Reads files and the manifests in folders, at any depth and in the order of their names; hidden ones are passed over.
///
/// What cannot be read does not keep the rest from being read.
pub(super) fn read_all(paths: &[PathBuf]) -> (Vec<Input>, Vec<Error>) {
    let (mut inputs, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        let files = if path.is_dir() { manifests(path, DEPTH) } else { Ok(vec![path.clone()]) };
        for file in files.unwrap_or_else(|error| {
            errors.push(error);
            Vec::new()
        }) {
            match read(&file, "Kubernetes manifests, YAML or JSON,") {
                Ok(text) => inputs.push(Input { name: shown(&file).to_string(), text }),
                Err(error) => errors.push(error),
            }
        }
    }
    (inputs, errors)
}

fn manifests(folder: &Path, depth: usize) -> Result<Vec<PathBuf>, Error> {
    let unread =
        |error: std::io::Error| Error::new(format!("{}: cannot be read: {error}; expected a folder", shown(folder)));
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect()).map_err(unread)?;
    entries.sort();
    let mut files = Vec::new();
    for entry in entries.into_iter().filter(|entry| !is_hidden(entry)) {
        if entry.is_dir() {
            files.extend(if depth > 0 { manifests(&entry, depth - 1)? } else { Vec::new() });
        } else if entry.extension().and_then(|end| end.to_str()).is_some_and(|end| MANIFESTS.contains(&end)) {
            files.push(entry);
        }
    }
    Ok(files)
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with('.'))
}

/// The file's name, for messages.
pub(super) fn shown(file: &Path) -> Display<'_> {
    if file == Path::new("-") { Path::new("standard input").display() } else { file.display() }
}
