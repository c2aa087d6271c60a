//! Findings: errors, warnings and notes, each with its place. The webhook would deny an error, and returns a warning to the user
//! who applies the object.

use crate::cli::io::input::tame;
use crate::inject::Reason;
use crate::manifest::{Document, Object, Place};

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cli) enum Level {
    /// A fact that the user asked for; nothing is wrong.
    Note,
    /// The Pod would be admitted, and not quite as its author asked.
    Warning,
    /// The Pod would be denied, or the object cannot be read.
    Error,
}

impl Level {
    /// Returns the word of reports, editors and CI.
    pub(in crate::cli) fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A problem, or a note, with its place.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Finding {
    pub(in crate::cli) file: String,
    /// The line, from 1.
    pub(in crate::cli) line: usize,
    /// The column, from 1.
    pub(in crate::cli) column: usize,
    pub(in crate::cli) level: Level,
    /// The reason's code; `Invalid` for an annotation that the webhook would deny.
    pub(in crate::cli) code: String,
    /// The sentence, without place and code.
    pub(in crate::cli) message: String,
}

/// The code for a denial, as in the API server's answer.
pub(in crate::cli) const INVALID: &str = "Invalid";
/// The code for a port that podwright guessed.
pub(in crate::cli) const GUESSED: &str = "Guessed";
/// The code for an object that does not have the shape of its kind.
pub(super) const UNREADABLE: &str = "Unreadable";
/// The code for a file that is not a manifest.
pub(super) const NOT_YAML: &str = "NotYaml";

/// The reasons that no report has: they are about objects and files, not about settings.
pub(in crate::cli) const REASONS: [Reason; 3] = [
    Reason {
        code: INVALID,
        sentence: "podwright cannot understand the annotation, so the webhook would deny the Pod",
        remedy: "Correct the annotation: the finding names the accepted form and an example. podwright explain KEY has the rules.",
    },
    Reason {
        code: NOT_YAML,
        sentence: "the file is no YAML or JSON that kubectl reads, or has no Kubernetes object",
        remedy: "Correct the file at the named line. Render a template first: helm template CHART | podwright lint -.",
    },
    Reason {
        code: GUESSED,
        sentence: "a profile's probe names no port, so podwright guessed one by the rule in parentheses",
        remedy: "Nothing, if the port is right. Else name the port in an annotation on the Pod, such as http:8080/ready.",
    },
];

/// An object, its document and its file.
#[derive(Clone, Copy)]
pub(super) struct ObjectInFile<'r> {
    pub(super) file: &'r str,
    pub(super) document: &'r Document<'r>,
    pub(super) object: &'r Object,
}

/// A finding before it has a place.
#[derive(Clone, Copy)]
pub(super) struct Message<'m> {
    pub(super) level: Level,
    pub(super) code: &'m str,
    pub(super) text: &'m str,
}

impl ObjectInFile<'_> {
    /// Puts a finding at the annotation or label of this key, or at the object.
    pub(super) fn finding_at_key(self, key: &str, message: Message<'_>) -> Finding {
        self.finding_at(self.document.place_of(self.object, key), message)
    }

    /// Puts a finding at a place in the document.
    pub(super) fn finding_at(self, Place { line, column, .. }: Place, message: Message<'_>) -> Finding {
        let Message { level, code, text } = message;
        Finding { file: self.file.to_owned(), line, column, level, code: code.to_owned(), message: tame(text) }
    }
}

/// Returns the sort key of findings in one file.
pub(in crate::cli) fn by_place(finding: &Finding) -> (usize, usize) {
    (finding.line, finding.column)
}
