//! The one error of this crate: a sentence for whoever runs the tests. It never carries a type to match on, as nothing
//! here can be mended by the caller.

use std::{fmt, io, path::Path};

/// What went wrong, where, and what was expected, in a sentence; where a server ended, the tail of its log follows.
#[derive(Clone)]
pub struct Error(String);

impl Error {
    /// An error that says `sentence`.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// For `map_err`: "cannot `what` PATH: the system's reason".
    pub fn at(what: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |reason| Self(format!("cannot {what} {}: {reason}", path.display()))
    }

    pub(crate) fn says(&self, words: &str) -> bool {
        self.0.contains(words)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As the sentence, because this is what `unwrap` and a test that returns an error print.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}
