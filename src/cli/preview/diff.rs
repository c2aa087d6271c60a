//! `--output diff`: each object's account, the difference in its document's text, and a summary.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use super::ANEW;
use super::account::{self, Style};
use crate::cli::fitting::{Fate, Fitted, Level};
use crate::cli::paint::Paint;
use crate::manifest::{Document, Edited};

/// Lines of the document around each change.
const CONTEXT: usize = 3;

/// The accounts of the objects of one document, and what changes in its text.
pub(super) fn of_document(
    document: &Document<'_>,
    objects: &[Fitted<'_>],
    edited: Option<&Edited>,
    style: Style,
) -> String {
    let accounts = objects.iter().map(|fitted| account::of(fitted, style)).filter(|account| !account.is_empty());
    let mut text = accounts.collect::<Vec<_>>().join("\n");
    if let Some(edited) = edited {
        text += "\n";
        if edited.anew {
            text += &format!("{} {ANEW}\n", style.paint.yellow("note:"));
        }
        text += &unified(document.text(), &edited.text, document.line(), style.paint);
    }
    if !text.is_empty() {
        text += "\n";
    }
    text
}

/// A unified difference; `line` is where the text begins in its file.
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

/// `3 objects: 1 fitted, 1 unchanged, 1 denied; 2 warnings. 4 of other kinds.`
pub(super) fn summary(all: &[Fitted<'_>]) -> String {
    let count = |is: fn(&Fitted<'_>) -> bool| all.iter().filter(|fitted| is(fitted)).count();
    let passed = count(|fitted| matches!(fitted.fate, Fate::Passed));
    let counts = [
        (count(|fitted| fitted.patch().is_some()), "fitted"),
        (count(|fitted| matches!(fitted.fate, Fate::Fitted(_)) && fitted.patch().is_none()), "unchanged"),
        (count(|fitted| matches!(fitted.fate, Fate::NotSent(_))), "not sent"),
        (count(|fitted| matches!(fitted.fate, Fate::Denied(_))), "denied"),
        (count(|fitted| matches!(fitted.fate, Fate::Odd(_))), "unreadable"),
    ];
    let told: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let findings = all.iter().flat_map(|fitted| &fitted.findings);
    let warnings = findings.filter(|finding| finding.level == Level::Warning).count();
    let mut text = match all.len() - passed {
        0 => "No Pod and no workload".to_owned(),
        count => format!("{}: {}", counted(count, "object"), told.join(", ")),
    };
    if warnings > 0 {
        let _ = write!(text, "; {}", counted(warnings, "warning"));
    }
    if passed > 0 {
        let _ = write!(text, "; {passed} of other kinds");
    }
    text + "\n"
}

fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
