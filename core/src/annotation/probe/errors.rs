//! The faults of one probe, gathered while the rest of it is read.

use crate::annotation::Expected;

/// The most faults of one probe that are named: more than the message has room for.
const NAMED: usize = 16;

/// Everything that is wrong, in the order in which it was found.
#[derive(Default)]
pub(super) struct ProbeFaults {
    named: Vec<Expected>,
    more: bool,
}

impl ProbeFaults {
    /// Adds one.
    pub(super) fn push(&mut self, fault: Expected) {
        self.push_with(|| fault);
    }

    /// Adds a fault. Its words are only made if it will be named: a suggestion costs far more than reading the option.
    pub(super) fn push_with(&mut self, fault: impl FnOnce() -> Expected) {
        if self.is_full() { self.more = true } else { self.named.push(fault()) }
    }

    /// Whether further faults are only counted.
    pub(super) fn is_full(&self) -> bool {
        self.named.len() >= NAMED
    }

    /// The value, or `None` and its fault kept.
    pub(super) fn keep<T>(&mut self, value: Result<T, Expected>) -> Option<T> {
        value.map_err(|fault| self.push(fault)).ok()
    }

    /// The value, where nothing is wrong.
    ///
    /// What is absent is so because of a fault; `example` serves where there are too many to name.
    pub(super) fn none_or<T>(mut self, value: Option<T>, example: &str) -> Result<T, Vec<Expected>> {
        if self.more {
            self.named.push(Expected::new("has more that is wrong", example));
        }
        value.filter(|_| self.named.is_empty()).ok_or(self.named)
    }
}
