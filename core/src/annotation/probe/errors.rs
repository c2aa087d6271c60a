//! The faults of one probe. The parser continues after a fault and collects all of them.

use crate::annotation::Expected;

/// The limit for faults of one probe: more than fit into the message.
const NAMED: usize = 16;

/// The faults of one probe, in the order in which they were found.
#[derive(Default)]
pub(super) struct ProbeFaults {
    named: Vec<Expected>,
    more: bool,
}

impl ProbeFaults {
    /// Adds a fault.
    pub(super) fn push(&mut self, fault: Expected) {
        self.push_with(|| fault);
    }

    /// Adds a fault. Calls `fault` only if there is room, because a suggestion costs far more than parsing an option.
    pub(super) fn push_with(&mut self, fault: impl FnOnce() -> Expected) {
        if self.is_full() { self.more = true } else { self.named.push(fault()) }
    }

    /// Returns whether further faults are dropped.
    pub(super) fn is_full(&self) -> bool {
        self.named.len() >= NAMED
    }

    /// Returns the value, or keeps its fault and returns `None`.
    pub(super) fn keep<T>(&mut self, value: Result<T, Expected>) -> Option<T> {
        value.map_err(|fault| self.push(fault)).ok()
    }

    /// Returns the value if there are no faults. The value is absent only if there is a fault.
    ///
    /// `example` is for the last message, which says that more faults follow.
    pub(super) fn none_or<T>(mut self, value: Option<T>, example: &str) -> Result<T, Vec<Expected>> {
        if self.more {
            self.named.push(Expected::new("more errors follow", example));
        }
        value.filter(|_| self.named.is_empty()).ok_or(self.named)
    }
}
