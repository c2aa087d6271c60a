//! Reasons why `why` cannot begin.

use crate::inspect::known::Unseen;

/// Reasons why there is nothing to explain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyError {
    /// No API of the cluster has this kind.
    #[error("unknown kind {0:?}: expected pod, namespace or a workload's kind, such as deployment/web")]
    UnknownKind(String),
    /// The object cannot be read.
    #[error("{0}")]
    Unseen(Unseen),
    /// The object has no Pod template.
    #[error("{0} has no Pod template: expected a Pod, a Namespace or a workload, such as deployment/web")]
    NoTemplate(String),
    /// The object is not readable as a Pod.
    #[error("cannot read {0}: {1}")]
    NotAPod(String, String),
    /// None is known: podwright's own manifest can be read.
    #[error("cannot read podwright's own manifest: {0}")]
    Manifest(String),
}
