//! Tabs at the start of lines. kubectl refuses them in the indentation.

use std::ops::Range;

use super::cursor::Cursor;
use crate::manifest::{ReadError, ReadErrorKind};

/// The ranges of a document that may have tabs: scalars of several lines, and brackets.
pub(super) struct Tabs {
    /// True if any line starts with a tab. Otherwise the check is skipped.
    some: bool,
    allowed: Vec<Range<usize>>,
}

impl Tabs {
    pub(super) fn new(text: &str) -> Self {
        let some = text.contains('\t') && text.lines().any(|line| line.trim_start_matches(' ').starts_with('\t'));
        Self { some, allowed: Vec::new() }
    }

    pub(super) fn allow(&mut self, range: Range<usize>) {
        if self.some {
            self.allowed.push(range);
        }
    }

    /// Checks every line that starts with a tab.
    pub(super) fn check(mut self, cursor: Cursor<'_>) -> Result<(), ReadError> {
        if !self.some {
            return Ok(());
        }
        self.allowed.sort_unstable_by_key(|range| (range.start, range.end));
        let mut allowed = self.allowed.into_iter().peekable();
        let (mut at, mut until) = (0, 0);
        for line in cursor.text.split_inclusive('\n') {
            let tab = at + line.len() - line.trim_start_matches(' ').len();
            while let Some(range) = allowed.next_if(|range| range.start <= tab) {
                until = until.max(range.end);
            }
            if line.trim_start_matches(' ').starts_with('\t') && tab >= until {
                return Err(ReadError::new(cursor.place_of(tab), ReadErrorKind::Tab));
            }
            at += line.len();
        }
        Ok(())
    }
}
