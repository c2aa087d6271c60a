//! Tabs at the beginning of lines: kubectl refuses them wherever an indentation could stand.

use super::cursor::Cursor;
use crate::manifest::Unread;

/// Where tabs may stand: in scalars of several lines, and in brackets.
pub(super) struct Tabs {
    /// Whether any line begins with one, so that there is something to look for.
    some: bool,
    allowed: Vec<(usize, usize)>,
}

impl Tabs {
    pub(super) fn new(text: &str) -> Self {
        let some = text.contains('\t') && text.lines().any(|line| line.trim_start_matches(' ').starts_with('\t'));
        Self { some, allowed: Vec::new() }
    }

    pub(super) fn allow(&mut self, (start, end): (usize, usize)) {
        if self.some {
            self.allowed.push((start, end));
        }
    }

    /// Looks at every line that begins with one.
    pub(super) fn check(mut self, cursor: Cursor<'_>) -> Result<(), Unread> {
        if !self.some {
            return Ok(());
        }
        self.allowed.sort_unstable();
        let mut allowed = self.allowed.into_iter().peekable();
        let (mut at, mut until) = (0, 0);
        for line in cursor.text.split_inclusive('\n') {
            let tab = at + line.len() - line.trim_start_matches(' ').len();
            while let Some((_, end)) = allowed.next_if(|(start, _)| *start <= tab) {
                until = until.max(end);
            }
            if line.trim_start_matches(' ').starts_with('\t') && tab >= until {
                let sentence = "a tab where an indentation may stand, which kubectl refuses; expected blanks";
                return Err(Unread::new(cursor.place_of(tab), sentence));
            }
            at += line.len();
        }
        Ok(())
    }
}
