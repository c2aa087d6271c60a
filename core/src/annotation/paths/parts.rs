//! The parts of a path, and the comparison of paths.

use std::borrow::Cow;

use crate::annotation::Expected;
use crate::text::shorten;

/// The limit for a path. Every container gets a copy, so longer ones would make a large patch.
pub(super) const BYTES: usize = 512;

/// Returns the shortest form of a path, as Go's `path.Clean` does: without `.`, `..`, doubled or final slashes.
pub fn cleaned(path: &str) -> Cow<'_, str> {
    // Nearly all paths are clean already and need no copy.
    if path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(|part| !matches!(part, "" | "." | ".."))) {
        return Cow::Borrowed(path);
    }
    Cow::Owned(format!("/{}", parts(path, &['/']).join("/")))
}

/// Splits a path into names, and resolves `.` and `..`.
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

/// Returns whether `path` is `folder` or below it. Both are clean.
pub fn is_at_or_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Creates the error for an invalid path.
pub(super) fn invalid(path: &str, problem: &str, example: &str) -> Expected {
    Expected::new(format!("invalid path \"{}\": {problem}", shorten(path)), example)
}

/// Creates the error for a path that is too long.
pub(super) fn too_long(example: &str) -> Expected {
    Expected::new(format!("path too long: expected at most {BYTES} bytes"), example)
}
