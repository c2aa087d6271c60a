//! What a feature leaves behind: edits to make, and entries of the report.

use std::borrow::Cow;

use super::Edit;
use crate::profile::Source;

/// The work of all features on one Pod.
#[derive(Debug, Default)]
pub struct Draft<'p> {
    /// In the order in which they were asked for.
    pub edits: Vec<Edit>,
    /// In the order of the features, and of the containers within one.
    pub entries: Vec<Entry<'p>>,
}

/// What became of one wish.
#[derive(Clone, Debug)]
pub struct Entry<'p> {
    /// The key that it was wished for by, without the prefix: `downward-env`. Empty for what is no key of ours.
    pub key: &'static str,
    /// The container that it was wished for; empty where it concerns the Pod as a whole.
    pub container: &'p str,
    /// Which part of the wish: a variable's name. Empty where it has no parts.
    pub item: Cow<'p, str>,
    /// Who wished for it.
    pub by: Source,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It equals what is there, whoever wrote it: so a second round reports what the first one did.
    InForce,
    /// In force, with something to know about it.
    Noted(Reason),
    /// The author had set it otherwise, and that stays.
    KeptAuthors,
    /// In force, but not as it was wished for.
    Adjusted(Reason),
    /// Not in force.
    Skipped(Reason),
}

/// Why: a code that stays the same for ever, and a sentence for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Stable, in the form of the API's own condition reasons: `RunsToCompletion`.
    pub code: &'static str,
    /// Goes on behind "skipped, ".
    pub sentence: &'static str,
}

/// The reason that comes with [`Outcome::KeptAuthors`].
pub(super) const KEPT_AUTHORS: Reason =
    Reason { code: "KeptAuthors", sentence: "it is set otherwise already, and that is kept" };

impl Draft<'_> {
    /// Adds an edit.
    pub fn edit(&mut self, edit: Edit) {
        self.edits.push(edit);
    }
}

impl<'p> Draft<'p> {
    /// Adds an entry to the report.
    pub fn report(&mut self, entry: Entry<'p>) {
        self.entries.push(entry);
    }
}

impl Outcome {
    /// Why it is not just in force, where there is something to say.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::InForce => None,
            Self::KeptAuthors => Some(KEPT_AUTHORS),
            Self::Noted(reason) | Self::Adjusted(reason) | Self::Skipped(reason) => Some(reason),
        }
    }

    /// In a word or two, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce | Self::Noted(_) => "in force",
            Self::KeptAuthors => "kept",
            Self::Adjusted(_) => "adjusted",
            Self::Skipped(_) => "skipped",
        }
    }

    /// Whether whoever asked for it by annotation must hear of it.
    pub fn falls_short(self) -> bool {
        !matches!(self, Self::InForce | Self::Noted(_))
    }
}
