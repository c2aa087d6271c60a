//! Tabs at the beginning of lines: kubectl refuses them wherever an indentation could stand.

use std::ops::Range;

use super::cursor::Cursor;
use crate::manifest::{ReadError, ReadErrorKind};

/// The tabs of a document, and the ranges where they may stand: scalars of several lines, and brackets.
pub(super) struct Tabs {
    /// Whether any line begins with one, so that there is something to look for.
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

    /// Looks at every line that begins with one.
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
