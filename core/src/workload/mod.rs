//! Workloads and their Pod templates: Kubernetes' own kinds by name, all other kinds by their shape.
//!
//! A workload is a borrowed view like a Pod's: only the fields that podwright reads, and nothing is written back.

mod kinds;
mod misplaced;
pub mod namespace;
pub mod quota;
mod updated;
mod view;

use crate::inject::Reason;
pub use kinds::{KINDS, TemplateObject, WorkloadKind, owner_of_pods, template_in};
pub use misplaced::{STATUS_IN_MANIFEST, labels_of_pod, without_template};
pub use updated::updated;
pub use view::Workload;

/// Returns every reason for a warning about an object itself, without the reasons of its Pods.
pub fn reasons() -> impl Iterator<Item = Reason> {
    misplaced::REASONS.into_iter().chain(namespace::REASONS).chain(updated::REASONS).chain(quota::REASONS)
}

#[cfg(test)]
mod tests;
