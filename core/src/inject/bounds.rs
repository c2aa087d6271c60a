//! The size limits of one Pod. podwright leaves a larger Pod unchanged with one warning, so the API server never
//! refuses a Pod because of podwright.

use super::context::Reader;
use super::draft::ENTRY_BYTES;
use super::pod::{ITEMS, JSON, Pod};
use super::report::{Count, LeftOut, Report, ReportLine, Summary, warnings};
use super::{Draft, Outcome, Patch, Reason};
use crate::profile::{Plan, Source};

/// Applies to the Pod as a whole.
pub const TOO_LARGE: Reason = Reason {
    code: "TooLarge",
    sentence: "with podwright's additions the Pod could have more than 20,000 items or more than 1 MiB of JSON",
    remedy: "Set fewer keys, select fewer containers (podwright.dev/containers), or split the Pod. Variables, \
             mounts, TCP ports, volumes and podwright's annotations count as one item, a container as four.",
};

/// Returns whether the wishes alone exceed the limits. This check runs before the features, so thousands of tiny
/// containers cost little.
pub(super) fn are_surely_passed(plan: &Plan<'_>) -> bool {
    let reached = plan.containers.iter().filter(|wishes| !wishes.is_empty()).count();
    reached * plan.pod.keys().len() * ENTRY_BYTES > JSON
}

/// Returns whether the Pod with the edits exceeds the limits. A second round decides the same: it gets the same Pod, or
/// the one with all edits.
pub(super) fn are_passed(pod: &Pod<'_>, draft: &Draft<'_>, patch: &Patch) -> bool {
    pod.items() + draft.items() > ITEMS || pod.extent.passes(JSON, patch.as_json().len())
}

/// The one entry for all settings of a Pod that gets no patch.
const LEFT_OUT: LeftOut = LeftOut { key: "", reason: TOO_LARGE, is_annotated: true };

/// Reports on a Pod that gets no patch: one warning, one count.
pub(super) fn left_as_it_is(reader: Reader) -> Report {
    let outcome = Outcome::Skipped(TOO_LARGE);
    let Reason { sentence, .. } = TOO_LARGE;
    let warning = format!("podwright added nothing to this Pod: {sentence}. {}", TOO_LARGE.first_step());
    let line = ReportLine { key: "", container: String::new(), item: String::new(), outcome, by: Source::Pod };
    Report {
        warnings: vec![warnings::bounded(&warning, TOO_LARGE)],
        audit: Vec::new(),
        counts: vec![Count { key: "", outcome: "skipped", reason: TOO_LARGE.code, number: 1 }],
        summary: Some(Summary { left_out: vec![LEFT_OUT], ..Summary::default() }),
        lines: match reader {
            Reader::Person | Reader::Renderer => vec![line],
            Reader::Webhook | Reader::Applier => Vec::new(),
        },
    }
}
