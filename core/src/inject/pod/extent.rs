//! The length of a Pod as JSON.

/// The length of a Pod's JSON, without `managedFields`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Extent<'a> {
    /// A known number of bytes.
    Bytes(usize),
    /// An object inside this text, and a function that measures it. It runs only if the whole text is too long.
    Within(&'a str, fn(&str) -> usize),
    /// A Pod too large to read.
    Beyond,
}

impl Default for Extent<'_> {
    fn default() -> Self {
        Self::Bytes(0)
    }
}

impl Extent<'_> {
    /// Returns whether the Pod exceeds `limit` bytes once `added` bytes are added.
    pub(crate) fn passes(self, limit: usize, added: usize) -> bool {
        let passes = |bytes: usize| bytes.saturating_add(added) > limit;
        match self {
            Self::Bytes(bytes) => passes(bytes),
            Self::Within(text, measure) => passes(text.len()) && passes(measure(text)),
            Self::Beyond => true,
        }
    }
}
