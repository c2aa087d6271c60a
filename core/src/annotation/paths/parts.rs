//! The parts of a path, and how paths are compared.

use std::borrow::Cow;

use crate::annotation::Expected;

/// The longest path that is taken, in bytes: enough for a person to write, and a bound for what many containers make of it.
pub(super) const BYTES: usize = 512;

/// A path without `.`, `..`, doubled and ending slashes, as Go's `path.Clean` makes it. Paths are compared so.
pub fn cleaned(path: &str) -> Cow<'_, str> {
    // As nearly all of them are written.
    if path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(|part| !matches!(part, "" | "." | ".."))) {
        return Cow::Borrowed(path);
    }
    Cow::Owned(format!("/{}", parts(path, &['/']).join("/")))
}

/// The names in a path, without those that can be left out.
pub(super) fn parts<'p>(path: &'p str, separators: &[char]) -> Vec<&'p str> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split(separators) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts
}

/// Whether `path` is `folder` or lies below it; both cleaned.
pub fn is_at_or_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The fault in a path that is too long.
pub(super) fn too_long(example: &str) -> Expected {
    Expected::new(format!("is too long for a path; expected at most {BYTES} bytes"), example)
}
