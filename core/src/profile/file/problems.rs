//! The problems of a configuration file: each with its position, all of them at once, and never more than can be
//! read.

use std::fmt;

use crate::text::{Position, sentence, within};

/// The most problems that are kept by name; the rest is counted.
const NAMED: usize = 100;
/// The most characters of a path: fields lie within fields, and each may have a long name.
const PATH: usize = 240;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The position in the file.
    pub place: Position,
    /// The path of the field: `profiles.web.readinessProbe`. Empty for the file as a whole, and for a file that is no YAML.
    pub path: String,
    /// The mistake and the expected value, on one line.
    pub message: String,
}

impl Problem {
    pub(super) fn new(place: Position, path: &str, message: &str) -> Self {
        Self { place, path: within(path, PATH), message: sentence(message) }
    }

    /// Without the place.
    fn told(&self) -> String {
        let Self { path, message, .. } = self;
        if path.is_empty() { message.clone() } else { format!("{path}: {message}") }
    }
}

/// `3:5: profiles.web.readinessProbe: …`: behind the file's name, a place that editors and terminals can follow.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.place;
        write!(f, "{line}:{column}: {}", self.told())
    }
}

/// Everything that is wrong with a file, by place; the first hundred by name, the rest by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    named: Vec<Problem>,
    more: usize,
}

impl Problems {
    pub(super) fn push(&mut self, problem: Problem) {
        if self.named.len() < NAMED { self.named.push(problem) } else { self.more += 1 }
    }

    /// Adds them all.
    pub(super) fn extend(&mut self, problems: Vec<Problem>) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }

    /// `Ok` where there are none.
    ///
    /// # Errors
    /// These problems, by place.
    pub(super) fn none_or<T>(mut self, value: T) -> Result<T, Self> {
        self = self.by_place();
        self.named.dedup();
        if self.named.is_empty() { Ok(value) } else { Err(self) }
    }

    /// The same in the order of the file.
    pub(super) fn by_place(mut self) -> Self {
        self.named.sort_by(|a, b| (a.place, &a.path).cmp(&(b.place, &b.path)));
        self
    }

    /// Those that are kept by name, by place.
    pub fn named(&self) -> &[Problem] {
        &self.named
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.named.len() + self.more
    }

    /// A line for each, where the file can be used all the same: `FILE:3:5: warning: profiles.web.preStopSleep: …`.
    pub fn warning_lines(&self, file: &str) -> Vec<String> {
        let told = |problem: &Problem| {
            let Position { line, column } = problem.place;
            format!("{file}:{line}:{column}: warning: {}", problem.told())
        };
        self.named.iter().map(told).chain(self.more(file)).collect()
    }

    /// A line for each: `FILE:3:5: profiles.web.readinessProbe: …`.
    pub fn lines(&self, file: &str) -> Vec<String> {
        self.named.iter().map(|problem| format!("{file}:{problem}")).chain(self.more(file)).collect()
    }

    fn more(&self, file: &str) -> Option<String> {
        (self.more > 0).then(|| format!("{file}: and {} more", self.more))
    }
}
