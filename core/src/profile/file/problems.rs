//! The problems of a configuration file, each with its position.

use std::fmt;

use crate::text::{Position, sentence, within};

/// The limit for problems in full. The rest is counted.
const NAMED: usize = 100;
/// The limit for a path. Fields are nested, and each may have a long name.
const PATH: usize = 240;

/// One problem of a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The position in the file.
    pub place: Position,
    /// The path of the field: `profiles.web.readinessProbe`. Empty for the whole file, and for a syntax error.
    pub path: String,
    /// The error and the accepted values, on one line.
    pub message: String,
}

impl Problem {
    pub(super) fn new(place: Position, path: &str, message: &str) -> Self {
        Self { place, path: within(path, PATH), message: sentence(message) }
    }

    /// Returns the text without the position.
    fn text(&self) -> String {
        let Self { path, message, .. } = self;
        if path.is_empty() { message.clone() } else { format!("{path}: {message}") }
    }
}

/// Writes `3:5: profiles.web.readinessProbe: …`. With the file's name before it, editors and terminals can open the
/// position.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.place;
        write!(f, "{line}:{column}: {}", self.text())
    }
}

/// All problems of a file: the first hundred in full, the rest as a count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    named: Vec<Problem>,
    more: usize,
}

impl Problems {
    pub(super) fn push(&mut self, problem: Problem) {
        if self.named.len() < NAMED { self.named.push(problem) } else { self.more += 1 }
    }

    /// Adds all of these problems.
    pub(super) fn extend(&mut self, problems: Vec<Problem>) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }

    /// Returns the value if there are no problems.
    ///
    /// # Errors
    /// These problems, in the order of the file.
    pub(super) fn none_or<T>(mut self, value: T) -> Result<T, Self> {
        self = self.by_place();
        self.named.dedup();
        if self.named.is_empty() { Ok(value) } else { Err(self) }
    }

    /// Sorts the problems by position.
    pub(super) fn by_place(mut self) -> Self {
        self.named.sort_by(|a, b| (a.place, &a.path).cmp(&(b.place, &b.path)));
        self
    }

    /// Returns the problems in full, in the order of the file.
    pub fn named(&self) -> &[Problem] {
        &self.named
    }

    /// Returns the number of all problems.
    pub fn count(&self) -> usize {
        self.named.len() + self.more
    }

    /// Writes a line for each problem of a valid file: `FILE:3:5: warning: profiles.web.preStopSleep: …`.
    pub fn warning_lines(&self, file: &str) -> Vec<String> {
        let warning = |problem: &Problem| {
            let Position { line, column } = problem.place;
            format!("{file}:{line}:{column}: warning: {}", problem.text())
        };
        self.named.iter().map(warning).chain(self.more(file)).collect()
    }

    /// Writes a line for each problem: `FILE:3:5: profiles.web.readinessProbe: …`.
    pub fn lines(&self, file: &str) -> Vec<String> {
        self.named.iter().map(|problem| format!("{file}:{problem}")).chain(self.more(file)).collect()
    }

    fn more(&self, file: &str) -> Option<String> {
        (self.more > 0).then(|| format!("{file}: and {} more", self.more))
    }
}
