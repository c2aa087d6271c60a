//! What is said of the work: warnings, the status annotation, audit annotations and the command line's account, all
//! from one list of entries.

mod counts;
mod status;
pub mod warnings;

use super::context::{InjectContext, Reader};
use super::{Draft, Entry, Outcome, unused_annotations};
use crate::annotation::Faults;
use crate::profile::Source;
pub use counts::Count;
pub(super) use status::{of_nothing, status};

/// The version in the status and the audit log.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Everything that is to be said, ready for its readers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// For the person who applies the Pod: wishes of annotations that were left out or changed. At most one for each
    /// key and reason, at most 256 characters each (the API server cuts longer ones once all exceed 4,096).
    pub warnings: Vec<String>,
    /// For the audit log, by keys without `/` (the server puts the webhook's name before them). Independent of the set
    /// of containers: the server refuses a value that changes in a second round.
    pub audit: Vec<(&'static str, String)>,
    /// For metrics: how many wishes came to what.
    pub counts: Vec<Count>,
    /// For the command line: everything, a line each. Empty where nobody reads it.
    pub lines: Vec<ReportLine>,
}

/// The outcome of one wish, for the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportLine {
    /// The key, without the prefix; empty for what is no key of ours.
    pub key: &'static str,
    /// The container; empty for the Pod as a whole.
    pub container: String,
    /// A part of the wish: a variable's name.
    pub item: String,
    /// The outcome.
    pub outcome: Outcome,
    /// The layer that asked for it.
    pub by: Source,
}

impl Report {
    pub(super) fn new(context: InjectContext<'_>, draft: &Draft<'_>) -> Self {
        let InjectContext { plan, faults, reader, .. } = context;
        let concerned = draft.entries.iter().any(|entry| !entry.key.is_empty());
        let audit = [("profile", plan.profile), ("version", VERSION)].map(|(key, value)| (key, value.to_owned()));
        Self {
            warnings: [of_faults(faults), warnings::compose(&draft.entries)].concat(),
            audit: audit.into_iter().filter(|_| concerned).collect(),
            counts: counts::of(&draft.entries),
            lines: match reader {
                Reader::Person => draft.entries.iter().map(line).collect(),
                Reader::Webhook | Reader::Applier => Vec::new(),
            },
        }
    }
}

/// Warnings about annotations that cannot be understood, for a Pod that is let in all the same.
fn of_faults(faults: &Faults) -> Vec<String> {
    warnings::of_faults("", faults, unused_annotations::INVALID_ANNOTATION)
}

fn line(entry: &Entry<'_>) -> ReportLine {
    ReportLine {
        key: entry.key,
        container: entry.container.to_owned(),
        item: entry.item.to_string(),
        outcome: entry.outcome,
        by: entry.by,
    }
}

impl Entry<'_> {
    /// Whether an annotation asked for this and its author has to hear of it. A fault has more to say
    /// than its reason, so it has a warning of its own.
    fn warns(&self) -> bool {
        let told_apart = self.outcome.reason() == Some(unused_annotations::INVALID_ANNOTATION);
        self.by != Source::Profile && self.outcome.must_be_heard() && !told_apart
    }
}
