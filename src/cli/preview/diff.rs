//! `--output diff`: a text about each object, the diff of its document, and a summary.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use super::document::WRITTEN_ANEW;
use super::object_text::{self, Style};
use crate::cli::analysis::{AnalyzedObject, Level, Verdict};
use crate::cli::io::colors::Paint;
use crate::inject::Outcome;
use crate::manifest::{Document, Edited};

/// The number of unchanged lines around each change.
const CONTEXT: usize = 3;

/// Returns the texts about one document's objects, and the document's diff.
pub(super) fn of_document(
    document: &Document<'_>,
    objects: &[AnalyzedObject<'_>],
    edited: Option<&Edited>,
    style: Style,
) -> String {
    let texts = objects.iter().map(|object| object_text::of(object, style)).filter(|text| !text.is_empty());
    let mut text = texts.collect::<Vec<_>>().join("\n");
    if let Some(edited) = edited {
        text += "\n";
        if edited.anew {
            text += &format!("{} {WRITTEN_ANEW}\n", style.paint.yellow("note:"));
        }
        text += &unified(document.text(), &edited.text, document.line(), style.paint);
    }
    if !text.is_empty() {
        text += "\n";
    }
    text
}

/// Returns a unified diff. `line` is the line in the file at which the text begins.
fn unified(before: &str, after: &str, line: usize, paint: Paint) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut text = String::new();
    for hunk in diff.grouped_ops(CONTEXT) {
        let old = hunk.first().map_or(0, |op| op.old_range().start)..hunk.last().map_or(0, |op| op.old_range().end);
        let new = hunk.first().map_or(0, |op| op.new_range().start)..hunk.last().map_or(0, |op| op.new_range().end);
        let header = format!("@@ -{},{} +{},{} @@", line + old.start, old.len(), line + new.start, new.len());
        let _ = writeln!(text, "{}", paint.cyan(&header));
        for change in hunk.iter().flat_map(|op| diff.iter_changes(op)) {
            let content = change.value().trim_end_matches(['\n', '\r']);
            let _ = match change.tag() {
                ChangeTag::Delete => writeln!(text, "{}", paint.red(&format!("-{content}"))),
                ChangeTag::Insert => writeln!(text, "{}", paint.green(&format!("+{content}"))),
                ChangeTag::Equal => writeln!(text, " {content}"),
            };
            if !change.value().ends_with('\n') {
                let _ = writeln!(text, "\\ No newline at end of file");
            }
        }
    }
    text
}

/// Counts the objects, such as `3 objects: 1 injected, 1 unchanged, 1 denied; 2 warnings; 4 of other kinds`.
pub(super) fn summary(all: &[AnalyzedObject<'_>]) -> String {
    let count = |is: fn(&AnalyzedObject<'_>) -> bool| all.iter().filter(|object| is(object)).count();
    let other = count(|object| matches!(object.verdict, Verdict::OtherKind));
    let counts = [
        (count(|object| object.patch().is_some()), "injected"),
        (count(|object| matches!(object.verdict, Verdict::Injected(_)) && object.patch().is_none()), "unchanged"),
        (count(|object| matches!(object.verdict, Verdict::NotSent(_))), "excluded"),
        (count(|object| matches!(object.verdict, Verdict::Denied(_))), "denied"),
        (count(|object| matches!(object.verdict, Verdict::Unreadable(_))), "unreadable"),
    ];
    let words: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
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
        let _ = write!(text, "; {other} of other kinds");
    }
    text + "\n" + &hint(all)
}

/// Returns the command that explains a code, if a setting or an object needs attention. [`Outcome::Noted`] is only information.
fn hint(all: &[AnalyzedObject<'_>]) -> String {
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

fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
