//! A wish, and the layer that it comes from.

/// The layer that a wish comes from. podwright warns about a wish of an annotation that it cannot grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The profile, because everything was turned on.
    Profile,
    /// The Pod's annotation.
    Pod,
    /// The container's own annotation.
    Container,
}

/// A value that is wished for, and by whom.
#[derive(Debug, PartialEq, Eq)]
pub struct Wish<'a, T> {
    /// The wished value.
    pub value: &'a T,
    /// The layer.
    pub by: Source,
}

// Not derived: a wish only points at its value, so it can be copied whatever the value is.
impl<T> Copy for Wish<'_, T> {}
impl<T> Clone for Wish<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
