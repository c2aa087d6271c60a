//! `--explain-guesses`: each port that podwright guessed, and each probe of a profile that it left out; of a Pod that the
//! Namespace's opt-in does not reach, the reason.

use crate::annotation::probe::ProbeKind;
use crate::cli::fitting::{Fate, Finding, Fitted, GUESSED, Level};
use crate::inject::{Outcome, ReportLine};
use crate::profile::Source;
use crate::text::shorten;

/// The guesses of all objects, a note each.
pub(super) fn of(all: &[Fitted<'_>]) -> Vec<Finding> {
    all.iter().flat_map(of_object).collect()
}

fn of_object<'f>(fitted: &'f Fitted<'_>) -> impl Iterator<Item = Finding> + 'f {
    let lines = match &fitted.fate {
        Fate::Fitted(injection) => injection.report.lines.as_slice(),
        _ => &[],
    };
    lines.iter().filter_map(|line| {
        let (code, message) = explained(line)?;
        let (file, at) = (fitted.file.to_owned(), fitted.object);
        let (line, column) = (at.line, at.column);
        Some(Finding { file, line, column, level: Level::Note, code: code.to_owned(), message })
    })
}

/// The code and the sentence of one line; none where the line is about no guess.
fn explained(line: &ReportLine) -> Option<(&'static str, String)> {
    if let ("inject", Outcome::Skipped(reason), false) = (line.key, line.outcome, line.item.is_empty()) {
        return Some((
            reason.code,
            format!("nothing added, {}: {}. {}", shorten(&line.item), reason.sentence, reason.remedy),
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
