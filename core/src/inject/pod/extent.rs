//! The length of a Pod as JSON.

/// The length of a Pod's JSON, without `managedFields`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Extent<'a> {
    /// So many bytes.
    Bytes(usize),
    /// That of an object inside this text, in bytes by the function. Measured only where the text as a whole is too long.
    Within(&'a str, fn(&str) -> usize),
    /// More than is read.
    Beyond,
}

impl Default for Extent<'_> {
    fn default() -> Self {
        Self::Bytes(0)
    }
}

impl Extent<'_> {
    /// Whether the Pod has more than `limit` bytes once so many are added.
    pub(crate) fn passes(self, limit: usize, added: usize) -> bool {
        let passes = |bytes: usize| bytes.saturating_add(added) > limit;
        match self {
            Self::Bytes(bytes) => passes(bytes),
            Self::Within(text, measure) => passes(text.len()) && passes(measure(text)),
            Self::Beyond => true,
        }
    }
}
