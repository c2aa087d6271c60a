//! A fact about the cluster, or the reason why it is unknown.

use std::fmt;

use crate::cluster::RequestFailure;

/// A fact about the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known<T> {
    /// The fact, as the API server has it or as the user states it.
    Seen(T),
    /// The reason why nobody told.
    Unseen(Unseen),
}

/// An object without an answer, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// The user lacks the right to read it. Kind and name, such as `Namespace shop`.
    NotAllowed(String),
    /// It does not exist.
    Absent(String),
    /// The request failed, or the object is invalid.
    Failed {
        /// Kind and name.
        object: String,
        /// The reason.
        reason: String,
    },
}

impl<T> Known<T> {
    /// Returns the fact, if it is known.
    pub fn seen(&self) -> Option<&T> {
        match self {
            Self::Seen(fact) => Some(fact),
            Self::Unseen(_) => None,
        }
    }

    /// Returns the reason why the fact is unknown.
    pub fn unseen(&self) -> Option<&Unseen> {
        match self {
            Self::Seen(_) => None,
            Self::Unseen(unseen) => Some(unseen),
        }
    }
}

impl Unseen {
    /// Makes the reason from a failed request for an object.
    pub fn from_failure(object: impl Into<String>, failure: RequestFailure) -> Self {
        let object = object.into();
        match failure {
            RequestFailure::NotAllowed(_) => Self::NotAllowed(object),
            other => Self::Failed { object, reason: other.to_string() },
        }
    }
}

impl fmt::Display for Unseen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAllowed(object) => write!(formatter, "not allowed to see {object}"),
            Self::Absent(object) => write!(formatter, "{object} does not exist"),
            Self::Failed { object, reason } => write!(formatter, "cannot read {object}: {reason}"),
        }
    }
}
