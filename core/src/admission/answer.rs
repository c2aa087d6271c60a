//! An answer, and why there may be none.

use crate::inject::Count;

/// By which path the API server called.
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
    /// What became of the wishes for a Pod that was fitted, for metrics. None for a workload: nothing is done to it.
    pub counts: Vec<Count>,
    /// How many annotations, or parts of them, a Pod was denied for.
    pub faults: usize,
}

/// Why a request has no answer.
#[derive(Debug)]
pub enum Unanswerable {
    /// The body is not an AdmissionReview v1, or not one as API servers write them: the caller's fault.
    NotAReview(String),
    /// The path names a profile that there is not: the operator's fault.
    UnknownProfile(String),
    /// A review that could not be answered although it was understood: `failurePolicy` decides.
    OurFault(String),
}

impl std::fmt::Display for Unanswerable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::NotAReview(sentence) | Self::UnknownProfile(sentence) | Self::OurFault(sentence)) = self;
        f.write_str(sentence)
    }
}

impl std::error::Error for Unanswerable {}

/// What was answered.
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
