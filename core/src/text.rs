//! Texts for messages, bounded and on one line, and positions in files.

/// The limit for a quoted value.
const QUOTED_CHARACTERS: usize = 80;
/// The limit for a sentence from a parser. Parsers quote texts of any length.
const SENTENCE_CHARACTERS: usize = 600;

/// Returns a value for a quotation: at most 80 characters on one line, with control characters escaped.
pub fn shorten(text: &str) -> String {
    within(text, QUOTED_CHARACTERS)
}

/// Returns a sentence on one line, at most 600 characters, with control characters escaped.
pub fn sentence(text: &str) -> String {
    within(text, SENTENCE_CHARACTERS)
}

/// Returns whether a character changes the direction of the text after it, so that a terminal shows another order.
pub fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns at most `most` characters of a text on one line. Control characters and those that [turn](turns) the text are
/// escaped, and count with their escape.
pub fn within(text: &str, most: usize) -> String {
    let mut short = String::new();
    let mut shown = 0;
    for c in text.chars() {
        let escaped = (c.is_control() || turns(c)).then(|| c.escape_default());
        shown += escaped.as_ref().map_or(1, ExactSizeIterator::len);
        if shown > most {
            short.push_str("...");
            break;
        }
        match escaped {
            Some(escaped) => short.extend(escaped),
            None => short.push(c),
        }
    }
    short
}

/// A position in a text. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Position {
    /// The first character of a text.
    pub const START: Self = Self { line: 1, column: 1 };
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn escapes_are_as_long_as_they_look() {
        assert_eq!(shorten(&"x".repeat(80)), "x".repeat(80));
        assert_eq!(shorten(&"\u{0}".repeat(80)), format!("{}...", "\\u{0}".repeat(16)));
        assert_eq!(shorten("\u{1b}[2J\u{202e}x"), "\\u{1b}[2J\\u{202e}x");
    }
}
