//! The report on an injection: warnings, status annotation, audit annotations and the command line's lines, all from
//! one list of entries.

mod counts;
mod status;
mod summary;
pub mod warnings;

use super::context::{InjectContext, Reader};
use super::{Draft, Entry, Outcome, unused_annotations};
use crate::annotation::Faults;
use crate::profile::Source;
pub use counts::Count;
pub(super) use status::{of_nothing, status};
pub use summary::{LeftOut, Summary};

/// The version in the status and the audit log.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The report on an injection, in a form for each reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Warnings for the author of the Pod: annotations that podwright skipped or adjusted.
    ///
    /// At most one for each key and reason, with at most 256 characters. The API server cuts longer ones once all
    /// exceed 4,096.
    pub warnings: Vec<String>,
    /// Audit annotations, with keys without `/`: the server adds the webhook's name.
    ///
    /// They do not depend on the set of containers, because the server refuses a value that changes in a second round.
    pub audit: Vec<(&'static str, String)>,
    /// Counts of outcomes, for metrics.
    pub counts: Vec<Count>,
    /// The summary for events; `None` if there is nothing to report.
    pub summary: Option<Summary>,
    /// Lines for the command line, one for each entry. Empty for other readers.
    pub lines: Vec<ReportLine>,
}

/// An entry of the report, for the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportLine {
    /// The key, without the prefix; empty for annotations with an unknown key.
    pub key: &'static str,
    /// The container; empty for the Pod as a whole.
    pub container: String,
    /// A part of the wish, such as a variable's name.
    pub item: String,
    /// The outcome.
    pub outcome: Outcome,
    /// The layer of the wish.
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
            summary: None,
            lines: match reader {
                Reader::Person | Reader::Renderer => draft.entries.iter().map(line).collect(),
                Reader::Webhook | Reader::Applier => Vec::new(),
            },
        }
    }

    pub(super) fn with_summary(self, context: InjectContext<'_>, draft: &Draft<'_>) -> Self {
        Self { summary: Some(Summary::new(context.plan, draft)), ..self }
    }
}

/// Writes warnings about invalid annotations of a Pod that is admitted anyway.
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
    /// Returns whether the entry becomes a warning: it comes from an annotation, and its author should know.
    ///
    /// An invalid annotation has a warning of its own, with more details.
    fn warns(&self) -> bool {
        let told_apart = self.outcome.reason() == Some(unused_annotations::INVALID_ANNOTATION);
        self.by != Source::Profile && self.outcome.must_be_heard() && !told_apart
    }
}
