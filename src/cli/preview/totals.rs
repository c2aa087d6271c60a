//! The totals at the end of `--output diff` and `summary`.

use std::fmt::Write as _;

use crate::cli::analysis::{AnalyzedObject, Level, Verdict};
use crate::cli::io::count::{counted, grouped};
use crate::inject::Outcome;

/// Counts the objects, such as `3 objects: 1 injected, 1 unchanged, 1 denied; 2 warnings; 4 of other kinds`.
pub(super) fn counts(all: &[AnalyzedObject<'_>]) -> String {
    let count = |is: fn(&AnalyzedObject<'_>) -> bool| all.iter().filter(|object| is(object)).count();
    let other = count(|object| matches!(object.verdict, Verdict::OtherKind));
    let counts = [
        (count(|object| object.patch().is_some()), "injected"),
        (count(|object| matches!(object.verdict, Verdict::Injected(_)) && object.patch().is_none()), "unchanged"),
        (count(|object| matches!(object.verdict, Verdict::NotSent(_))), "excluded"),
        (count(|object| matches!(object.verdict, Verdict::Denied(_))), "denied"),
        (count(|object| matches!(object.verdict, Verdict::Unreadable(_))), "unreadable"),
    ];
    let words: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", grouped(*count)))
        .collect();
    let findings = all.iter().flat_map(|object| &object.findings);
    let warnings = findings.filter(|finding| finding.level == Level::Warning).count();
    let mut text = match all.len() - other {
        0 => "No Pods or workloads".to_owned(),
        count => format!("{}: {}", counted(count, "object"), words.join(", ")),
    };
    if warnings > 0 {
        let _ = write!(text, "; {}", counted(warnings, "warning"));
    }
    if other > 0 {
        let _ = write!(text, "; {} of other kinds", grouped(other));
    }
    text + "\n"
}

/// Returns the command that explains a code, if a setting or an object needs attention. [`Outcome::Noted`] is only information.
pub(super) fn hint(all: &[AnalyzedObject<'_>]) -> String {
    let warning = all.iter().flat_map(|object| &object.findings).find(|finding| finding.level == Level::Warning);
    let outcomes = all.iter().flat_map(|object| object.report_lines()).map(|line| line.outcome);
    let mut reasons = outcomes.filter_map(|outcome| match outcome {
        Outcome::Doubtful(reason) | Outcome::Kept(reason) | Outcome::Adjusted(reason) | Outcome::Skipped(reason) => {
            Some(reason)
        }
        Outcome::InForce | Outcome::Guessed(_) | Outcome::Noted(_) | Outcome::PassedOver(_) => None,
    });
    let code = warning.map(|warning| warning.code.as_str()).or_else(|| reasons.next().map(|reason| reason.code));
    code.map(|code| format!("To explain a code in brackets: podwright explain {code}\n")).unwrap_or_default()
}
