//! The errors of manifests: mistakes in a text, and failed edits.

use std::fmt;

use crate::text::{Position, sentence};

/// A mistake in a stream, with its position. Displays one short sentence without the position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The position in the input.
    pub position: Position,
    /// The kind of the mistake.
    pub kind: ReadErrorKind,
}

impl ReadError {
    pub(super) fn new(position: Position, kind: ReadErrorKind) -> Self {
        Self { position, kind }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&sentence(&self.kind.to_string()))
    }
}

impl std::error::Error for ReadError {}

/// The kinds of mistakes: texts that kubectl refuses, and texts that look different from their meaning.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// A carriage return without a line feed.
    #[error("carriage return without a line feed: expected lines that end with LF or CRLF")]
    CarriageReturn,
    /// A line break that editors do not show.
    #[error(
        "invisible line break U+{:04X}: expected a visible one, or an escape in double quotes",
        u32::from(*.0)
    )]
    HiddenLineBreak(char),
    /// A byte order mark after the start of the input.
    #[error("byte order mark U+FEFF inside the text: expected it only at the start")]
    ByteOrderMark,
    /// A character that YAML does not allow.
    #[error("invalid character U+{:04X} in YAML: expected an escape in double quotes", u32::from(*.0))]
    ForbiddenCharacter(char),
    /// A tab in the indentation.
    #[error("tab in the indentation: expected spaces")]
    Tab,
    /// A document with two meanings.
    #[error("the document has one meaning as JSON and another as YAML: expected the same in both")]
    JsonAndYamlDiffer,
    /// Invalid JSON, with the parser's error.
    #[error("invalid JSON: {0}")]
    NotJson(String),
    /// Invalid JSON after several JSON documents, with the parser's error.
    #[error("invalid JSON after JSON documents: {0}")]
    NotJsonAsBefore(String),
    /// Text after `---` on its line.
    #[error("kubectl reads a line that starts with `---` as a separator: expected `---` alone, or with a comment")]
    BehindSeparator,
    /// Text after `...`.
    #[error("text after `...`, which kubectl ignores: expected `---` between documents")]
    BehindDocumentEnd,
    /// A `...` before any value.
    #[error("`...` before the document's content: expected `---` between documents")]
    EndBeforeStart,
    /// A truncated document.
    #[error("the document ends too early: expected a complete value")]
    EndsTooEarly,
    /// Invalid YAML, with the parser's error.
    #[error("{0}")]
    Syntax(String),
    /// A parser event that does not start a value.
    #[error("unexpected {0}: expected a value")]
    UnexpectedEvent(String),
    /// Collections nested beyond the limit.
    #[error("nested too deeply: expected at most {limit} levels")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// A `\/` in double quotes.
    #[error("JSON escape `\\/`, which kubectl refuses in YAML: expected `/`")]
    EscapedSlash,
    /// An alias inside its own anchor.
    #[error("alias inside its own anchor: expected it after the anchored value")]
    AliasInside,
    /// Aliases that multiply a text.
    #[error("aliases repeat too much text: expected at most 64 MiB in total")]
    AliasesRepeat,
    /// An unsupported tag of a scalar.
    #[error("unsupported tag: expected none, or !!str, !!int, !!float, !!bool or !!null")]
    ScalarTag,
    /// An unsupported tag of a list or a mapping.
    #[error("unsupported tag: expected none, or !!{0}")]
    CollectionTag(&'static str),
    /// A value of another type than its tag.
    #[error("the value does not match its tag: expected a value of the tag's type, or no tag")]
    TagMismatch,
    /// A number such as `.inf`.
    #[error("`{0}` is not a number in JSON: expected quotes around it, or another value")]
    NotInJson(String),
    /// A number as a key that kubectl writes in another form.
    #[error("kubectl rewrites this number as a key: expected quotes around it")]
    NumberKey,
    /// The key `null`.
    #[error("the key is null: expected a string")]
    NullKey,
    /// A list or a mapping as a key.
    #[error("the key is a list or a mapping: expected a string")]
    KeyNotString,
    /// A duplicate key in a mapping.
    #[error("duplicate key \"{name}\": first set on line {first_line}; expected each key once")]
    KeyTwice {
        /// The key, shortened.
        name: String,
        /// The line of the first one.
        first_line: usize,
    },
    /// A `:` without a space after it.
    #[error("no space after `:`, so kubectl reads it as text: expected a space, as in `key: [`")]
    GluedColon,
    /// A `<<` with other values than mappings.
    #[error("invalid value of `<<`: expected a mapping or a list of mappings")]
    MergeWithoutMapping,
    /// A document that is not an object.
    #[error("the document is {0}: expected an object with apiVersion, kind and metadata")]
    NoObject(&'static str),
    /// An item of a List that is not an object.
    #[error("the item of a List is not an object: expected an object with metadata")]
    ItemNoObject,
}

/// The reason for a failed edit. Displays a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// A patch for another object.
    #[error("the patch does not apply to this object")]
    AnotherObject,
    /// A patch for the webhook, which has only JSON.
    #[error("the patch has no operations: expected one from inject")]
    NoOperations,
    /// A new text with another meaning than the patched value.
    #[error("podwright could not write the patched document: kubectl would read other values than the patch sets")]
    NotProven,
}
