//! The text of one document, as it is cut from the stream.

/// The text of one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk<'t> {
    pub(super) text: &'t str,
    /// In bytes from the start of the input.
    pub(super) start: usize,
    /// From 1.
    pub(super) line: usize,
    /// Whether it was read as JSON.
    pub(super) is_json: bool,
}
