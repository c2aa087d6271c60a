//! Input files, read whole. `-` is standard input; a folder means the manifests in it.

use std::fs;
use std::io::{self, Read, Write as _, stderr};
use std::path::{Path, PathBuf};

use super::encoding::{self, EncodingError};
use super::exclude::Glob;
use crate::text::turns;

/// The file extensions of manifests.
const MANIFESTS: [&str; 3] = ["yaml", "yml", "json"];

/// A file's name and text.
pub(in crate::cli) struct Input {
    /// For messages, see [`shown`].
    pub(in crate::cli) name: String,
    /// The whole text.
    pub(in crate::cli) text: String,
    pub(in crate::cli) by: FoundBy,
}

/// The files that podwright read, and the errors of the others.
#[derive(Default)]
pub(in crate::cli) struct Inputs {
    pub(in crate::cli) files: Vec<Input>,
    pub(in crate::cli) errors: Vec<InputError>,
}

/// An unreadable file or folder.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum InputError {
    #[error("cannot read {name}: {problem}; expected a file with {expected}, in UTF-8 or UTF-16")]
    File { name: String, problem: ReadProblem, expected: &'static str },
    #[error("cannot read the folder {name}: {error}; expected a readable folder")]
    Folder { name: String, error: io::Error },
}

/// Reasons why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum ReadProblem {
    #[error("{0}")]
    Io(io::Error),
    #[error("{0}")]
    Encoding(EncodingError),
}

/// The origin of a file's path, which decides whether the file must be a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum FoundBy {
    /// The user named it, so it must be a manifest.
    Name,
    /// It is in a folder that the user named.
    Folder,
    /// It is in the `templates` folder of a Helm chart in such a folder.
    Chart,
}

/// Reads UTF-8, or UTF-16 with a byte order mark. `expected` describes the content, for the error.
pub(in crate::cli) fn read(file: &Path, expected: &'static str) -> Result<String, InputError> {
    let text = bytes(file).map_err(ReadProblem::Io);
    let text = text.and_then(|bytes| encoding::decoded(bytes).map_err(ReadProblem::Encoding));
    text.map_err(|problem| InputError::File { name: shown(file), problem, expected })
}

fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return fs::read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
}

/// Reads files, and the manifests in folders at any depth, in the order of their names. Skips hidden and excluded files.
/// Does not follow links to folders, which may form a cycle. After an unreadable file, reads on.
pub(in crate::cli) fn read_all(paths: &[PathBuf], excluded: &[Glob]) -> Inputs {
    let (mut found, mut inputs) = (Vec::new(), Inputs::default());
    for given in paths {
        let mut search = Search { given, excluded, files: &mut found, errors: &mut inputs.errors };
        if search.is_excluded(given) {
            continue;
        }
        if given.is_dir() { search.folder(given, FoundBy::Folder) } else { found.push((given.clone(), FoundBy::Name)) }
    }
    for (file, by) in found {
        match read(&file, "Kubernetes manifests in YAML or JSON") {
            Ok(text) => inputs.files.push(Input { name: shown(&file), text, by }),
            Err(error) => inputs.errors.push(error),
        }
    }
    inputs
}

impl Inputs {
    /// Reports whether a file or folder is unreadable.
    pub(in crate::cli) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Prints the errors to standard error.
    pub(in crate::cli) fn report_errors(&self) -> io::Result<()> {
        self.errors.iter().try_for_each(|error| writeln!(stderr(), "error: {error}"))
    }
}

/// A search for manifests in the paths that the user named.
struct Search<'s> {
    given: &'s Path,
    excluded: &'s [Glob],
    files: &'s mut Vec<(PathBuf, FoundBy)>,
    errors: &'s mut Vec<InputError>,
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
            self.errors.push(InputError::Folder { name: shown(folder), error });
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

/// Returns the file's name for messages, without control characters, which a terminal or a CI system could interpret.
pub(in crate::cli) fn shown(file: &Path) -> String {
    if file == Path::new("-") { "standard input".to_owned() } else { tame(&file.display().to_string()) }
}

/// Escapes control characters, and characters that change the writing direction.
pub(in crate::cli) fn tame(text: &str) -> String {
    let mut tamed = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || turns(c) { tamed.extend(c.escape_default()) } else { tamed.push(c) }
    }
    tamed
}
