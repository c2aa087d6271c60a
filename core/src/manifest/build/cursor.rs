//! Offsets and positions in a document's text, and details that the parser's events lack.

use granit_parser::{Marker, Span};

use crate::text::Position;

/// The text of a document.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'t> {
    pub(super) text: &'t str,
    /// The first line in the input.
    pub(super) first_line: usize,
}

impl Cursor<'_> {
    pub(super) fn place(&self, marker: &Marker) -> Position {
        Position { line: self.first_line + marker.line().max(1) - 1, column: marker.col() + 1 }
    }

    /// Returns the position of this offset.
    pub(super) fn place_of(&self, offset: usize) -> Position {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count();
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count());
        Position { line: self.first_line + line, column: column + 1 }
    }

    /// Returns the start and the end of a span.
    pub(super) fn range(&self, span: &Span) -> (usize, usize) {
        let start = span.start.byte_offset().unwrap_or_default();
        (start, span.end.byte_offset().unwrap_or(start).max(start))
    }

    /// Returns the offset after the next `:`, for a key that ends at `at`. Returns `at` if no `:` follows.
    pub(super) fn behind_colon(&self, at: usize) -> usize {
        let found = self.skip_blank(at);
        if self.byte(found) == Some(b':') { found + 1 } else { at }
    }

    /// Returns the offset of the next `-` after `at`, or `at` if none follows.
    pub(super) fn dash(&self, at: usize) -> usize {
        let mut found = self.skip_blank(at);
        // Skips the anchor and the tag of the list itself.
        while matches!(self.byte(found), Some(b'&' | b'!')) {
            let rest = self.text.get(found..).unwrap_or_default();
            found = self.skip_blank(found + rest.find([' ', '\n', '\r', '\t']).unwrap_or(rest.len()));
        }
        if self.byte(found) == Some(b'-') { found } else { at }
    }

    /// Returns the end of a block scalar (`|`): after its last line, or after its trailing empty lines with `|+`.
    pub(super) fn end_of_block(&self, start: usize, end: usize, text: &str) -> usize {
        let slice = self.text.get(start..end).unwrap_or_default();
        let keeps = text.ends_with("\n\n") || text == "\n";
        let blank: &[char] = if keeps { &[' ', '\t'] } else { &[' ', '\t', '\r', '\n'] };
        let content = slice.trim_end_matches(blank);
        start + if keeps { content.strip_suffix('\n').unwrap_or(content).len() } else { content.len() }
    }

    /// Returns whether a quoted text has the escape `\/`.
    pub(super) fn escapes_a_slash(&self, start: usize, end: usize) -> bool {
        let mut escaped = false;
        self.text.get(start..end).unwrap_or_default().bytes().any(|byte| {
            let found = escaped && byte == b'/';
            escaped = !escaped && byte == b'\\';
            found
        })
    }

    /// Returns whether a `:` follows a key that ends at `at`, with a bracket or a comma directly after it.
    pub(super) fn is_glued(&self, at: usize) -> bool {
        self.byte(at) == Some(b':') && matches!(self.byte(at + 1), Some(b',' | b'[' | b']' | b'{' | b'}'))
    }

    /// Returns whether a mapping in braces starts at `at`.
    pub(super) fn is_brace(&self, at: usize) -> bool {
        self.byte(at) == Some(b'{')
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Returns the offset after whitespace and comments.
    fn skip_blank(&self, mut at: usize) -> usize {
        loop {
            match self.byte(at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => at += 1,
                Some(b'#') => at += self.text.get(at..).and_then(|rest| rest.find('\n')).unwrap_or(self.text.len()),
                _ => return at,
            }
        }
    }
}
