//! Workloads, and where each keeps the template of its Pods: Kubernetes' own by their kind, all others by their shape.
//!
//! Reads a workload as a Pod is read: borrowed, only what concerns us, and never to write it back.

mod kinds;
mod misplaced;
pub mod namespace;
pub mod quota;
mod updated;
mod view;

use crate::inject::Reason;
pub use kinds::{KINDS, WorkloadKind, owner_of_pods, template_in};
pub use misplaced::{STATUS_IN_MANIFEST, labels_of_pod, without_template};
pub use updated::updated;
pub use view::Workload;

/// Every reason that a warning about an object may give, beside those of its Pods.
pub fn reasons() -> impl Iterator<Item = Reason> {
    misplaced::REASONS.into_iter().chain(namespace::REASONS).chain(updated::REASONS).chain(quota::REASONS)
}

#[cfg(test)]
mod tests;
