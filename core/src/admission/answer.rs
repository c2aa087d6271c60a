//! The answer to a review, and the errors that replace it.

use crate::inject::{Count, Summary};

/// The path that the API server called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route<'a> {
    /// `/mutate`: only the Pod's annotations opt it in.
    Pods,
    /// `/mutate/{profile}`: the Namespace opted in with this profile.
    Namespace {
        /// The profile's name.
        profile: &'a str,
    },
    /// `/check`: a workload. podwright checks its template and never changes it.
    Workloads,
}

/// An answer with its kind and counts.
#[derive(Debug)]
pub struct Answer {
    /// An AdmissionReview as JSON.
    pub body: Vec<u8>,
    /// The kind of the answer, for logs and metrics.
    pub outcome: AnswerKind,
    /// The outcomes of a Pod's settings, for metrics. Empty for a workload.
    pub counts: Vec<Count>,
    /// The number of errors in the annotations of a denied Pod.
    pub faults: usize,
    /// The summary of a Pod's report, for an event; `None` if there is nothing to report.
    pub summary: Option<Summary>,
}

/// The reason for a request without an answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswerable {
    /// The caller's fault: the body is not an AdmissionReview v1 as the API server writes it.
    #[error("{0}")]
    NotAReview(String),
    /// The operator's fault: the path has an unknown profile.
    #[error("{0}")]
    UnknownProfile(String),
    /// podwright's fault: the review is valid but the answer could not be written. `failurePolicy` decides.
    #[error("{0}")]
    OurFault(String),
}

/// The kind of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// Allowed, with a patch.
    Patched,
    /// Allowed unchanged.
    Unchanged,
    /// Denied for invalid annotations.
    Denied,
    /// An applied object, allowed with warnings.
    Warned,
    /// Allowed unchanged and unread: the review is too large.
    Oversized,
}

impl AnswerKind {
    /// Returns the word for logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patched => "patched",
            Self::Unchanged => "unchanged",
            Self::Denied => "denied",
            Self::Warned => "warned",
            Self::Oversized => "oversized",
        }
    }
}

/// Returns the error for an answer that could not be written.
pub(super) fn unwritable(error: serde_json::Error) -> Unanswerable {
    Unanswerable::OurFault(format!("podwright could not write the answer as JSON: {error}; report this bug"))
}
