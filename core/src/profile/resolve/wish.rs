//! A wish and its layer.

/// The layer of a wish. podwright warns about an unfulfilled wish of an annotation, and not of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The profile, because the whole profile is turned on.
    Profile,
    /// The Pod's annotation.
    Pod,
    /// The container's own annotation.
    Container,
}

/// A resolved value of a setting, and its layer.
#[derive(Debug, PartialEq, Eq)]
pub struct Wish<'a, T> {
    /// The value.
    pub value: &'a T,
    /// The layer.
    pub by: Source,
}

// Not derived, because `derive` would require `T: Copy`. A wish has only a reference to its value.
impl<T> Copy for Wish<'_, T> {}
impl<T> Clone for Wish<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
