//! The errors of subcommands, and the exit codes.

use std::fmt;
use std::io::{Write as _, stderr};
use std::process::ExitCode;

use super::io::input::tame;

/// The exit code for an invalid file, manifest or cluster state.
pub(super) const WRONG: u8 = 1;
/// The exit code for an unreadable file or an invalid flag.
pub(super) const UNREADABLE: u8 = 2;

/// Reasons why a subcommand failed.
#[derive(Debug)]
pub enum Error {
    /// The subcommand failed, for the reason in this sentence.
    Failed(String),
    /// A file or flag cannot be used, for the reason in this sentence.
    Unreadable(String),
    /// A file is invalid: one line for each problem, with its position.
    Problems(Vec<String>),
}

impl Error {
    /// Creates an error from one sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self::Failed(sentence.into())
    }

    /// Prints the error to standard error, and returns the exit code.
    pub fn report(&self) -> ExitCode {
        // Libraries quote a file's control characters in their errors, and a terminal would obey them.
        let text = self.to_string().lines().map(tame).collect::<Vec<_>>().join("\n");
        let word = if matches!(self, Self::Problems(_)) { "" } else { "error: " };
        // If standard error is closed, only the exit code can report the failure.
        let _ = writeln!(stderr(), "{word}{text}");
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

// `?` converts every library error. Because of this blanket conversion, the type itself cannot implement `std::error::Error`.
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
