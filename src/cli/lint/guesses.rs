//! `--explain-guesses`: each guessed port, each profile's probe that podwright skipped, and each Pod to which the Namespace's
//! opt-in does not apply.

use crate::annotation::probe::ProbeKind;
use crate::cli::analysis::{AnalyzedObject, Finding, GUESSED, Level};
use crate::inject::{Outcome, ReportLine};
use crate::profile::Source;
use crate::text::shorten;

/// Returns a note for each guess.
pub(super) fn of(all: &[AnalyzedObject<'_>]) -> Vec<Finding> {
    all.iter().flat_map(of_object).collect()
}

fn of_object<'f>(analyzed: &'f AnalyzedObject<'_>) -> impl Iterator<Item = Finding> + 'f {
    analyzed.report_lines().iter().filter_map(|line| {
        let (code, message) = explained(line)?;
        let (file, at) = (analyzed.file.to_owned(), analyzed.object);
        let (line, column) = (at.line, at.column);
        Some(Finding { file, line, column, level: Level::Note, code: code.to_owned(), message })
    })
}

/// Returns the code and the message for one line; nothing if it is not about a guess.
fn explained(line: &ReportLine) -> Option<(&'static str, String)> {
    if let ("inject", Outcome::Skipped(reason), false) = (line.key, line.outcome, line.item.is_empty()) {
        return Some((
            reason.code,
            format!("nothing injected, {}: {}. {}", shorten(&line.item), reason.sentence, reason.remedy),
        ));
    }
    let field = ProbeKind::ALL.into_iter().find(|kind| kind.key() == line.key)?.field();
    let container = shorten(&line.container);
    match line.outcome {
        Outcome::Guessed(guess) => Some((GUESSED, format!("{field} of {container}: {guess}"))),
        Outcome::Skipped(reason) if line.by == Source::Profile => {
            let message = format!("{field} not added to {container}: {}. {}", reason.sentence, reason.remedy);
            Some((reason.code, message))
        }
        _ => None,
    }
}
