//! A feature as the rest of podwright sees it.

use super::{Draft, Reason};
use crate::inject::pod::Pod;
use crate::profile::Plan;

/// One thing that podwright does: what it is called, how it is done, and why it may not have been.
pub struct Feature {
    /// The keys that it grants, without the prefix.
    pub keys: &'static [&'static str],
    /// Turns wishes into edits and entries of the report, for all containers at once: the grace period needs all sleeps.
    pub fit: for<'p> fn(&'p Pod<'p>, &'p Plan<'p>, &mut Draft<'p>),
    /// Every reason that it may give, for the documentation.
    pub reasons: &'static [Reason],
}
