//! The only error of this crate: a sentence for a developer. Callers do not match on it, because they can repair
//! nothing.

use std::{fmt, io, path::Path};

/// A sentence about a failure: its place and the expected value. The tail of a log follows if a server ended.
#[derive(Clone)]
pub struct Error(String);

impl Error {
    /// An error with this sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// For `map_err`: "cannot `action` PATH: the system's reason".
    pub fn at(action: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |reason| Self(format!("cannot {action} {}: {reason}", path.display()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The sentence, because `unwrap` and a failed test print it.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// Returns an [`Error`] with a formatted sentence.
#[macro_export]
macro_rules! bail {
    ($($sentence:tt)*) => { return Err($crate::Error::new(format!($($sentence)*))) };
}

/// Returns an [`Error`] with a formatted sentence unless a condition holds.
#[macro_export]
macro_rules! ensure {
    ($holds:expr, $($sentence:tt)*) => { if !$holds { $crate::bail!($($sentence)*) } };
}
