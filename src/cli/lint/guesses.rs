//! `--explain-guesses`: each guessed port, each profile's probe that podwright skipped, and each Pod to which the Namespace's
//! opt-in does not apply.

use crate::annotation::PREFIX;
use crate::annotation::probe::ProbeKind;
use crate::cli::analysis::{AnalyzedObject, Finding, GUESSED, Level};
use crate::cli::io::input::tame;
use crate::inject::{Outcome, ReportLine};
use crate::profile::Source;
use crate::text::shorten;

/// Adds a note for each guess to its object.
pub(super) fn report(all: &mut [AnalyzedObject<'_>]) {
    for analyzed in all {
        let notes: Vec<Finding> = analyzed.report_lines().iter().filter_map(|line| of_line(analyzed, line)).collect();
        analyzed.findings.extend(notes);
    }
}

fn of_line(analyzed: &AnalyzedObject<'_>, line: &ReportLine) -> Option<Finding> {
    let (code, message) = explained(line)?;
    let key = format!("{PREFIX}{}", line.key);
    let key = if line.container.is_empty() { key } else { format!("{}.{key}", tame(&line.container)) };
    let (file, code) = (analyzed.file.to_owned(), code.to_owned());
    let (line, column) = (analyzed.object.line, analyzed.object.column);
    Some(Finding { file, line, column, level: Level::Note, code, key, message })
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
