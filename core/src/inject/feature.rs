//! The common form of a feature.

use super::{Draft, Reason};
use crate::inject::pod::Pod;
use crate::profile::Plan;

/// A feature: its keys, its function and its reasons.
pub struct Feature {
    /// The keys of the feature, without the prefix.
    pub keys: &'static [&'static str],
    /// Turns wishes into edits and report entries. It gets all containers at once, because the grace period depends on
    /// all sleeps.
    pub fit: for<'p> fn(&'p Pod<'p>, &'p Plan<'p>, &mut Draft<'p>),
    /// All reasons of the feature, for the documentation.
    pub reasons: &'static [Reason],
}
