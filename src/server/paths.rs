//! The paths of the webhook's port, as routes and as labels.

use crate::admission::{AnswerKind, Route};

/// The route of Pods that opted in by their own annotations.
pub const POD_ROUTE: &str = "/mutate";
/// The route of every Pod of an opted-in Namespace, with the profile for them.
pub const NAMESPACE_ROUTE: &str = "/mutate/{profile}";
/// The route of workloads, which are checked and never changed.
pub(crate) const WORKLOAD_ROUTE: &str = "/check";

pub(crate) enum ReviewPath {
    Pods,
    Namespace(String),
    Workloads,
}

/// The class of a path, for logs, metrics and traces.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathClass {
    Pods,
    Namespace,
    Workloads,
    /// No route.
    Other,
}

impl ReviewPath {
    pub(crate) fn route(&self) -> Route<'_> {
        match self {
            Self::Pods => Route::Pods,
            Self::Namespace(profile) => Route::Namespace { profile },
            Self::Workloads => Route::Workloads,
        }
    }
}

impl PathClass {
    pub(crate) const ALL: [Self; 4] = [Self::Pods, Self::Namespace, Self::Workloads, Self::Other];

    pub(crate) fn of(path: &str) -> Self {
        let is_profile = |name: &str| !name.is_empty() && !name.contains('/');
        match path {
            POD_ROUTE => Self::Pods,
            WORKLOAD_ROUTE => Self::Workloads,
            path if path.strip_prefix("/mutate/").is_some_and(is_profile) => Self::Namespace,
            _ => Self::Other,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pods => "pods",
            Self::Namespace => "namespace",
            Self::Workloads => "workloads",
            Self::Other => "other",
        }
    }

    /// Returns the outcomes of its reviews, for metrics.
    pub(crate) fn outcomes(self) -> &'static [AnswerKind] {
        use AnswerKind::{Denied, Oversized, Patched, Unchanged, Warned};
        if self == Self::Other { &[] } else { &[Patched, Unchanged, Denied, Warned, Oversized] }
    }

    /// Returns the usual statuses of its refused requests, for metrics.
    pub(crate) fn refusals(self) -> &'static [&'static str] {
        match self {
            Self::Pods | Self::Workloads => &["400", "405", "408", "413", "415", "500", "503", "504"],
            Self::Namespace => &["400", "404", "405", "408", "413", "415", "500", "503", "504"],
            Self::Other => &["404"],
        }
    }
}
