//! The preStop sleeps in force, and the keys of this feature.

use crate::inject::pod::Slot;
use crate::profile::Source;

pub(super) const SLEEP: &str = "pre-stop-sleep";
pub(super) const PERIOD: &str = "termination-grace-period";

/// A preStop sleep in force.
#[derive(Clone, Copy)]
pub(super) struct GrantedSleep<'p> {
    pub(super) slot: Slot,
    pub(super) container: &'p str,
    pub(super) seconds: i64,
    pub(super) by: Source,
    pub(super) extends: bool,
}
