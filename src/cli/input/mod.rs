//! The files that commands are given: read whole, `-` for standard input, folders by the manifests in them.

mod encoding;
mod exclude;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::Error;
pub(super) use exclude::Glob;

/// What a manifest's file name ends in.
const MANIFESTS: [&str; 3] = ["yaml", "yml", "json"];

/// A file's name and text.
pub(super) struct Input {
    /// For messages, see [`shown`].
    pub(super) name: String,
    /// All of it.
    pub(super) text: String,
    /// How it was found.
    pub(super) by: FoundBy,
}

/// The way in which a file was found, which decides whether it must be a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FoundBy {
    /// The user named it, so it has to be a manifest.
    Name,
    /// It is in a folder that the user named.
    Folder,
    /// It is in the `templates` folder of a Helm chart there.
    Chart,
}

/// Reads UTF-8, or UTF-16 with a byte order mark; `expected` says what the file should have been: `one Pod, YAML or JSON`.
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
    encoding::decoded(bytes.map_err(|error| unread(&error))?).map_err(|error| unread(&error))
}

/// Reads files, and the manifests in folders at any depth, in the order of their names. Skips hidden and excluded ones. Does
/// not follow links to folders, which may form a circle.
///
/// What cannot be read does not keep the rest from being read.
pub(super) fn read_all(paths: &[PathBuf], excluded: &[Glob]) -> (Vec<Input>, Vec<Error>) {
    let (mut files, mut inputs, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for given in paths {
        let mut search = Search { given, excluded, files: &mut files, errors: &mut errors };
        if search.is_excluded(given) {
            continue;
        }
        if given.is_dir() { search.folder(given, FoundBy::Folder) } else { files.push((given.clone(), FoundBy::Name)) }
    }
    for (file, by) in files {
        match read(&file, "Kubernetes manifests, YAML or JSON,") {
            Ok(text) => inputs.push(Input { name: shown(&file), text, by }),
            Err(error) => errors.push(error),
        }
    }
    (inputs, errors)
}

/// A search for manifests in the paths that the user named.
struct Search<'s> {
    given: &'s Path,
    excluded: &'s [Glob],
    files: &'s mut Vec<(PathBuf, FoundBy)>,
    errors: &'s mut Vec<Error>,
}

impl Search<'_> {
    fn is_excluded(&self, path: &Path) -> bool {
        self.excluded.iter().any(|glob| glob.matches(path, self.given))
    }

    fn folder(&mut self, folder: &Path, by: FoundBy) {
        let by = if is_templates_of_a_chart(folder) { FoundBy::Chart } else { by };
        for path in self.entries(folder) {
            if self.is_excluded(&path) {
                continue;
            }
            let is_link = path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
            if path.is_dir() && !is_link {
                self.folder(&path, by);
            } else if is_manifest(&path) && path.is_file() {
                self.files.push((path, by));
            }
        }
    }

    /// Returns the entries of a folder by name, without hidden ones.
    fn entries(&mut self, folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
        let entries = entries.unwrap_or_else(|error| {
            self.errors.push(Error::new(format!("{}: cannot be read: {error}; expected a folder", shown(folder))));
            Vec::new()
        });
        let mut paths: Vec<_> = entries.iter().map(fs::DirEntry::path).filter(|path| !is_hidden(path)).collect();
        paths.sort();
        paths
    }
}

fn is_templates_of_a_chart(folder: &Path) -> bool {
    folder.ends_with("templates") && folder.with_file_name("Chart.yaml").is_file()
}

fn is_manifest(path: &Path) -> bool {
    path.extension().and_then(|end| end.to_str()).is_some_and(|end| MANIFESTS.contains(&end))
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
