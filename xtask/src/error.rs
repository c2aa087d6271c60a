//! The one error of this crate: a sentence for the developer who runs a command or a test. Callers do not match on it,
//! because they can repair nothing.

use std::{fmt, io, path::Path};

/// A sentence: what went wrong, where, and what was expected. The tail of a log follows where a server ended.
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

/// The sentence, because `unwrap` and a test that returns an error print this.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// Returns from a function with an [`Error`] whose sentence is formatted.
#[macro_export]
macro_rules! bail {
    ($($sentence:tt)*) => { return Err($crate::Error::new(format!($($sentence)*))) };
}

/// Returns with an [`Error`] as [`bail!`] does where a condition does not hold.
#[macro_export]
macro_rules! ensure {
    ($holds:expr, $($sentence:tt)*) => { if !$holds { $crate::bail!($($sentence)*) } };
}
