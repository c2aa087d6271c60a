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
    /// What has been wished for, in bytes of JSON.
    bytes: usize,
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
    /// In force, with something that whoever asked for it should think about.
    Doubtful(Reason),
    /// It was set otherwise, by the author as a rule, and that stays.
    Kept(Reason),
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

/// The author's own value comes first.
pub(super) const KEPT_AUTHORS: Reason =
    Reason { code: "KeptAuthors", sentence: "it is set otherwise already, and that is kept" };

/// A bound to what one Pod can be given, by all features together.
pub(super) const TOO_MUCH: Reason = Reason {
    code: "TooMuch",
    sentence: "with this container's, podwright's part would be more than one Pod may be given",
};

/// Reasons that any feature may give.
pub(super) const REASONS: [Reason; 2] = [KEPT_AUTHORS, TOO_MUCH];

/// The most bytes that all features add to one Pod: one that outgrows etcd's 1.5 MiB by our doing would be refused.
const BYTES: usize = 1024 * 1024;

impl Draft<'_> {
    /// Adds an edit.
    pub fn edit(&mut self, edit: Edit) {
        self.edits.push(edit);
    }

    /// Whether there is room for a wish of about so many bytes of JSON; then they are taken. By what is wished for, not by
    /// what is missing, so that a second round comes to the same.
    pub fn has_room(&mut self, bytes: usize) -> bool {
        let taken = self.bytes.saturating_add(bytes);
        let room = taken <= BYTES;
        self.bytes = if room { taken } else { self.bytes };
        room
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
            Self::Noted(reason)
            | Self::Doubtful(reason)
            | Self::Kept(reason)
            | Self::Adjusted(reason)
            | Self::Skipped(reason) => Some(reason),
        }
    }

    /// In a word or two, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce | Self::Noted(_) | Self::Doubtful(_) => "in force",
            Self::Kept(_) => "kept",
            Self::Adjusted(_) => "adjusted",
            Self::Skipped(_) => "skipped",
        }
    }

    /// Whether whoever asked for it by annotation must hear of it.
    pub fn must_be_heard(self) -> bool {
        !matches!(self, Self::InForce | Self::Noted(_))
    }
}
