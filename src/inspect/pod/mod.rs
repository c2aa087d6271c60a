//! The verdict on one live Pod: the webhook's own code decides on it again, and the differences count.

mod difference;
mod live_pod;
mod status;
mod verdict;

pub use difference::{Change, Difference};
pub use live_pod::{LivePod, OwnerReference, is_object_name};
pub use status::StatusAnnotation;
pub use verdict::{LeftAlone, Missed, Stale, Verdict, verdict};

#[cfg(test)]
mod tests;
