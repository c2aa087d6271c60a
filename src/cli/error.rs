//! The error at the end of a subcommand, and the exit codes.

use std::fmt;
use std::io::{Write as _, stderr};
use std::process::ExitCode;

/// The exit code for a wrong file, manifest or cluster.
pub(super) const WRONG: u8 = 1;
/// The exit code for a file or flag that cannot be read.
pub(super) const UNREADABLE: u8 = 2;

/// The reason why a subcommand failed.
#[derive(Debug)]
pub enum Error {
    /// The subcommand could not do its work: a sentence.
    Failed(String),
    /// A file or flag cannot be read: a sentence.
    Unreadable(String),
    /// A file is wrong: a line for each problem, with its place.
    Problems(Vec<String>),
}

impl Error {
    /// Makes an error of one sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self::Failed(sentence.into())
    }

    /// Prints the error to standard error, and returns the exit code.
    pub fn report(&self) -> ExitCode {
        // Where standard error is closed, the exit code is all that is left.
        let _ = match self {
            Self::Problems(_) => writeln!(stderr(), "{self}"),
            Self::Failed(_) | Self::Unreadable(_) => writeln!(stderr(), "error: {self}"),
        };
        match self {
            Self::Failed(_) | Self::Problems(_) => ExitCode::from(WRONG),
            Self::Unreadable(_) => ExitCode::from(UNREADABLE),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(sentence) | Self::Unreadable(sentence) => formatter.write_str(sentence),
            Self::Problems(lines) => formatter.write_str(&lines.join("\n")),
        }
    }
}

// Every library error ends here by `?`. The blanket conversion is why this type itself cannot be a `std::error::Error`.
impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Self {
        let mut sentence = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            sentence.push_str(&format!(": {error}"));
            source = error.source();
        }
        Self::Failed(sentence)
    }
}
