//! The outcomes of wishes, as entries of the report.

use std::borrow::Cow;

use super::{Guess, Reason};
use crate::profile::Source;

/// An entry of the report: one wish with its outcome.
#[derive(Clone, Debug)]
pub struct Entry<'p> {
    /// The key, without the prefix: `downward-env`. Empty for annotations with an unknown key.
    pub key: &'static str,
    /// The container; empty for the Pod as a whole.
    pub container: &'p str,
    /// A part of the wish, such as a variable's name. Empty for a wish without parts.
    pub item: Cow<'p, str>,
    /// The layer of the wish.
    pub by: Source,
    /// The outcome.
    pub outcome: Outcome,
}

/// The outcome of a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The Pod has the wished value, from any source. A second round therefore reports the same.
    InForce,
    /// In force, with a guessed port.
    Guessed(Guess),
    /// In force, with a note.
    Noted(Reason),
    /// In force, but probably a mistake of the author.
    Doubtful(Reason),
    /// The Pod has another value, usually the author's, and keeps it.
    Kept(Reason),
    /// In force with another value than the wished one.
    Adjusted(Reason),
    /// Skipped because of an obstacle.
    Skipped(Reason),
    /// Skipped by a rule: the wish is for other containers.
    PassedOver(Reason),
}

impl Outcome {
    /// Returns the reason, if the outcome has one.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::InForce => None,
            Self::Guessed(guess) => guess.doubt,
            Self::Noted(reason)
            | Self::Doubtful(reason)
            | Self::Kept(reason)
            | Self::Adjusted(reason)
            | Self::Skipped(reason)
            | Self::PassedOver(reason) => Some(reason),
        }
    }

    /// Returns the stable word for this outcome, as in the JSON report of `podwright preview`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce | Self::Guessed(_) | Self::Noted(_) | Self::Doubtful(_) => "in force",
            Self::Kept(_) => "kept",
            Self::Adjusted(_) => "adjusted",
            Self::Skipped(_) => "skipped",
            Self::PassedOver(_) => "passed over",
        }
    }

    /// Returns whether the Pod has the wished value, or an adjusted one.
    pub fn is_in_force(self) -> bool {
        match self {
            Self::InForce | Self::Guessed(_) | Self::Noted(_) | Self::Doubtful(_) | Self::Adjusted(_) => true,
            Self::Kept(_) | Self::Skipped(_) | Self::PassedOver(_) => false,
        }
    }

    /// Returns the guessed port, if the outcome has one.
    pub fn guess(self) -> Option<Guess> {
        match self {
            Self::Guessed(guess) => Some(guess),
            _ => None,
        }
    }

    /// Returns whether the author of the annotation gets a warning.
    pub fn must_be_heard(self) -> bool {
        !matches!(self, Self::InForce | Self::Guessed(_) | Self::Noted(_) | Self::PassedOver(_))
    }
}
