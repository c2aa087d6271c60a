//! The outcomes of wishes: the entries of the report.

use std::borrow::Cow;

use super::{Guess, Reason};
use crate::profile::Source;

/// One wish, with its outcome.
#[derive(Clone, Debug)]
pub struct Entry<'p> {
    /// The key that it was wished for by, without the prefix: `downward-env`. Empty for what is no key of ours.
    pub key: &'static str,
    /// The container that it was wished for; empty where it concerns the Pod as a whole.
    pub container: &'p str,
    /// The part of the wish, such as a variable's name. Empty for a wish without parts.
    pub item: Cow<'p, str>,
    /// The layer that wished for it.
    pub by: Source,
    /// The outcome.
    pub outcome: Outcome,
}

/// The outcome of a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It equals what is there, whoever wrote it: so a second round reports what the first one did.
    InForce,
    /// In force, with a port that podwright guessed.
    Guessed(Guess),
    /// In force, with something to know about it.
    Noted(Reason),
    /// In force, with something that whoever asked for it should think about.
    Doubtful(Reason),
    /// It was set otherwise, by the author as a rule, and that stays.
    Kept(Reason),
    /// In force, but not as it was wished for.
    Adjusted(Reason),
    /// Not in force.
    Skipped(Reason),
    /// Not meant for this container, by a rule and not by an obstacle.
    PassedOver(Reason),
}

impl Outcome {
    /// The reason, if the outcome has one.
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

    /// In a word or two, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce | Self::Guessed(_) | Self::Noted(_) | Self::Doubtful(_) => "in force",
            Self::Kept(_) => "kept",
            Self::Adjusted(_) => "adjusted",
            Self::Skipped(_) => "skipped",
            Self::PassedOver(_) => "passed over",
        }
    }

    /// The guessed port, if the outcome has one.
    pub fn guess(self) -> Option<Guess> {
        match self {
            Self::Guessed(guess) => Some(guess),
            _ => None,
        }
    }

    /// Whether whoever asked for it by annotation must hear of it.
    pub fn must_be_heard(self) -> bool {
        !matches!(self, Self::InForce | Self::Guessed(_) | Self::Noted(_) | Self::PassedOver(_))
    }
}
