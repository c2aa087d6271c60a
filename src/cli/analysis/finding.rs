//! Findings: errors, warnings and notes, each with its position. The webhook denies a Pod with an error, and returns a warning to
//! the user of kubectl.

use crate::cli::io::input::tame;
use crate::inject::Reason;
use crate::manifest::{Document, Object};
use crate::text::Position;

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cli) enum Level {
    /// Requested information; nothing is wrong.
    Note,
    /// The webhook would admit the Pod, but not exactly as its author asked.
    Warning,
    /// The webhook would deny the Pod, or the object is unreadable.
    Error,
}

impl Level {
    /// Returns the level's name in reports, editors and CI.
    pub(in crate::cli) fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A problem or a note, with its position.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Finding {
    pub(in crate::cli) file: String,
    /// The line, from 1.
    pub(in crate::cli) line: usize,
    /// The column, from 1.
    pub(in crate::cli) column: usize,
    pub(in crate::cli) level: Level,
    /// The reason's code. `Invalid` for an annotation that the webhook would deny.
    pub(in crate::cli) code: String,
    /// The message, without position and code.
    pub(in crate::cli) message: String,
}

/// The code for a denial, as in the API server's response.
pub(super) const INVALID: &str = "Invalid";
/// The code for a guessed port.
pub(in crate::cli) const GUESSED: &str = "Guessed";
/// The code for an object that does not have its kind's structure.
pub(super) const UNREADABLE: &str = "Unreadable";
/// The code for a file that is not a manifest.
pub(super) const NOT_YAML: &str = "NotYaml";

/// The reasons about objects and files, beside the core's reasons about settings.
pub(in crate::cli) const REASONS: [Reason; 3] = [
    Reason {
        code: INVALID,
        sentence: "a podwright annotation is invalid, so the webhook would deny the Pod",
        remedy: "Correct the annotation. The message shows the accepted form and an example; podwright explain KEY shows all rules.",
    },
    Reason {
        code: NOT_YAML,
        sentence: "the file is not valid YAML or JSON for kubectl, or has no Kubernetes object",
        remedy: "Correct the file at the given line. Render a template before you check it: helm template CHART | podwright lint -",
    },
    Reason {
        code: GUESSED,
        sentence: "a profile's probe names no port, so podwright guessed one by the rule in parentheses",
        remedy: "If the port is right, do nothing. Otherwise name the port in an annotation on the Pod, such as http:8080/ready.",
    },
];

/// An object, its document and its file.
#[derive(Clone, Copy)]
pub(super) struct ObjectInFile<'r> {
    pub(super) file: &'r str,
    pub(super) document: &'r Document<'r>,
    pub(super) object: &'r Object,
}

/// A finding without a position.
#[derive(Clone, Copy)]
pub(super) struct Message<'m> {
    pub(super) level: Level,
    pub(super) code: &'m str,
    pub(super) text: &'m str,
}

impl ObjectInFile<'_> {
    /// Places a finding at the annotation or label with this key, or at the object if there is none.
    pub(super) fn finding_at_key(self, key: &str, message: Message<'_>) -> Finding {
        self.finding_at(self.document.place_of(self.object, key), message)
    }

    /// Places a finding at this position in the document.
    pub(super) fn finding_at(self, Position { line, column, .. }: Position, message: Message<'_>) -> Finding {
        let Message { level, code, text } = message;
        Finding { file: self.file.to_owned(), line, column, level, code: code.to_owned(), message: tame(text) }
    }
}

/// Returns the sort key of findings in one file.
pub(super) fn by_place(finding: &Finding) -> (usize, usize) {
    (finding.line, finding.column)
}
