//! `--output diff`: a text about each object, and the diff of its document.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use super::document::WRITTEN_ANEW;
use super::object_text::{self, Style};
use crate::cli::analysis::AnalyzedObject;
use crate::cli::io::colors::Paint;
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
