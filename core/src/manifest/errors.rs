//! The errors of manifests: mistakes in a text, and edits that were not made.

use std::fmt;

use crate::text::{Position, sentence};

/// A mistake in a stream, with its position. Displays one sentence of bounded length, without the position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The position in the input.
    pub position: Position,
    /// The mistake there.
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

/// The mistakes that kubectl refuses, and texts that it would read otherwise than they look.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// A carriage return without a line feed.
    #[error("a carriage return without a line feed; expected lines that end with LF or CRLF")]
    CarriageReturn,
    /// A line break that editors do not show.
    #[error(
        "U+{:04X} ends a line for kubectl, unseen; expected a line break, or an escape in double quotes",
        u32::from(*.0)
    )]
    HiddenLineBreak(char),
    /// A byte order mark behind the start of the input.
    #[error("U+FEFF (a byte order mark) inside the text; expected one at its start at most")]
    ByteOrderMark,
    /// A character that YAML does not allow.
    #[error("the character U+{:04X} is not allowed in YAML; expected an escape in double quotes", u32::from(*.0))]
    ForbiddenCharacter(char),
    /// A tab where an indentation may stand.
    #[error("a tab where an indentation may stand, which kubectl refuses; expected blanks")]
    Tab,
    /// A document with two meanings.
    #[error("the document means one thing as JSON and another as YAML")]
    JsonAndYamlDiffer,
    /// A JSON document that JSON's parser refuses, with the parser's words.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// Something else behind several JSON documents, with the parser's words.
    #[error("not JSON, as everything before it is: {0}")]
    NotJsonAsBefore(String),
    /// A text behind `---`.
    #[error(
        "a line that begins with `---` separates documents, and kubectl refuses what stands behind it; expected `---` \
         alone, or a comment behind it"
    )]
    BehindSeparator,
    /// A text behind `...`.
    #[error("kubectl reads nothing that stands behind `...`; expected `---` between documents")]
    BehindDocumentEnd,
    /// `...` before any value.
    #[error("`...` ends a document before its start; expected `---` between documents")]
    EndBeforeStart,
    /// A document that breaks off.
    #[error("the document ends too early")]
    EndsTooEarly,
    /// A text that the YAML parser refuses, with the parser's words.
    #[error("{0}")]
    Syntax(String),
    /// An event of the parser that is no value.
    #[error("{0} where a value was expected")]
    UnexpectedEvent(String),
    /// Collections in collections beyond the limit.
    #[error("nested too deeply; expected {limit} levels at most")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// `\/` in double quotes.
    #[error("`\\/` is an escape of JSON that kubectl refuses in YAML; expected `/`")]
    EscapedSlash,
    /// An alias inside its own anchor.
    #[error("an alias inside of what it stands for; expected one that comes behind it")]
    AliasInside,
    /// Aliases that multiply a text.
    #[error("aliases repeat too much; expected 64 MiB in all at most")]
    AliasesRepeat,
    /// A tag of a scalar that is not one of YAML's own.
    #[error("a tag that Kubernetes has no use for; expected none, or !!str, !!int, !!float, !!bool, !!null")]
    ScalarTag,
    /// A tag of a list or a mapping that is not the collection's own.
    #[error("a tag that Kubernetes has no use for; expected none, or !!{0}")]
    CollectionTag(&'static str),
    /// A value that is not of its tag's type.
    #[error("the value is not of the type that its tag says")]
    TagMismatch,
    /// A number such as `.inf`.
    #[error("`{0}` is a number that JSON cannot hold; expected quotes around it, or another value")]
    NotInJson(String),
    /// A number as a key that kubectl writes in another way.
    #[error("the key is a number that kubectl writes in another way; expected quotes")]
    NumberKey,
    /// `null` as a key.
    #[error("the key is null; expected a string")]
    NullKey,
    /// A list or a mapping as a key.
    #[error("the key is not a string; expected one")]
    KeyNotString,
    /// One key twice in a mapping.
    #[error("the key \"{name}\" is there twice, first on line {first_line}")]
    KeyTwice {
        /// The key, shortened.
        name: String,
        /// The line of the first one.
        first_line: usize,
    },
    /// A `:` with something right behind it.
    #[error("kubectl takes the `:` for a part of this; expected a blank behind it")]
    GluedColon,
    /// `<<` with something else than mappings.
    #[error("`<<` takes a mapping or a list of mappings")]
    MergeWithoutMapping,
    /// A document that is no object.
    #[error("the document is {0}; expected an object: apiVersion, kind, metadata")]
    NoObject(&'static str),
    /// An item of a List that is no object.
    #[error("an item of a List is no object; expected one")]
    ItemNoObject,
}

/// The reason that a document was not written with its patches. Displays a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// A patch for another object.
    #[error("the patch does not apply to this object")]
    AnotherObject,
    /// A patch for the webhook, which has its JSON alone.
    #[error("the patch has no operations; expected one from inject")]
    NoOperations,
    /// A text that would not have the wanted meaning.
    #[error("the patched document cannot be written so that kubectl reads what it should")]
    NotProven,
}
