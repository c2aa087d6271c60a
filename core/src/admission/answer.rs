//! An answer, and why there may be none.

use crate::inject::Count;

/// The path by which the API server called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route<'a> {
    /// `/mutate`: the Pod opted in by its annotations, if at all.
    Pods,
    /// `/mutate/{profile}`: the Namespace opted in, with this profile.
    Namespace {
        /// The profile's name.
        profile: &'a str,
    },
    /// `/check`: a workload, whose template is looked at and never changed.
    Workloads,
}

/// An answer, and what it was.
#[derive(Debug)]
pub struct Answer {
    /// An AdmissionReview as JSON.
    pub body: Vec<u8>,
    /// For logs and metrics.
    pub outcome: AnswerKind,
    /// The outcomes of the wishes for a Pod, for metrics. None for a workload, to which nothing is done.
    pub counts: Vec<Count>,
    /// The number of annotations, or parts of them, that a Pod was denied for.
    pub faults: usize,
}

/// The reason that a request has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswerable {
    /// The body is not an AdmissionReview v1, or not one as API servers write them: the caller's fault.
    #[error("{0}")]
    NotAReview(String),
    /// The path names a profile that there is not: the operator's fault.
    #[error("{0}")]
    UnknownProfile(String),
    /// A review that could not be answered although it was understood: `failurePolicy` decides.
    #[error("{0}")]
    OurFault(String),
}

/// The kind of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// Allowed, with a patch.
    Patched,
    /// Allowed as it is.
    Unchanged,
    /// Denied: its annotations cannot be understood.
    Denied,
    /// An object that somebody applies, allowed with warnings.
    Warned,
    /// Allowed as it is: its review is too large to be read.
    Oversized,
}

impl AnswerKind {
    /// The word for logs and metrics.
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

/// The error for an answer that could not be written.
pub(super) fn unwritable(error: serde_json::Error) -> Unanswerable {
    Unanswerable::OurFault(format!("The answer could not be written as JSON: {error}."))
}
