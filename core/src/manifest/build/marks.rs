//! Characters in brackets that kubectl reads as text and the parser as an indicator: `[tar, xf, -]` and `[host:, b]`.
//!
//! Such a mark is replaced by a letter for the parser and restored in the value. Each one costs another parse.

use std::borrow::Cow;
use std::collections::BTreeSet;

/// The limit for marks in a document. Few documents have any.
const MOST: usize = 64;

/// The byte offsets of the marks. Each mark is the last character of its scalar.
#[derive(Default)]
pub(super) struct Marks(BTreeSet<usize>);

impl Marks {
    /// Adds a mark. Returns whether it is new, so that another parse can help.
    pub(super) fn add(&mut self, at: usize) -> bool {
        self.0.len() < MOST && self.0.insert(at)
    }

    /// Returns the text for the parser.
    pub(super) fn covered<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.0.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut covered = text.to_owned();
        for at in &self.0 {
            if covered.get(*at..at + 1).is_some() {
                covered.replace_range(*at..at + 1, "x");
            }
        }
        Cow::Owned(covered)
    }

    /// Restores the mark in a plain scalar that ends at `end` in this text.
    pub(super) fn restored<'s>(&self, scalar: &'s str, end: usize, text: &str) -> Cow<'s, str> {
        let mark = end.checked_sub(1).filter(|at| self.0.contains(at)).and_then(|at| text.get(at..end));
        match (mark, scalar.strip_suffix('x')) {
            (Some(mark), Some(before)) => Cow::Owned(format!("{before}{mark}")),
            _ => Cow::Borrowed(scalar),
        }
    }
}
