//! The text of one document of a stream.

/// The text of one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk<'t> {
    pub(super) text: &'t str,
    /// The byte offset in the input.
    pub(super) start: usize,
    /// The first line in the input, from 1.
    pub(super) line: usize,
    /// True for JSON.
    pub(super) is_json: bool,
}
