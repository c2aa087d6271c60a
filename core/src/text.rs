//! Small texts for people: bounded, on one line, with a place in a file.

/// The most characters of a quoted value. The author knows where to find the rest.
const QUOTED_CHARACTERS: usize = 80;
/// The most characters of a sentence with a parser's words in it: parsers quote a text however long it is.
const SENTENCE_CHARACTERS: usize = 600;

/// Returns a value as it is quoted in a sentence: on one line and of bounded length.
///
/// Control characters are escaped, so that no terminal obeys them.
pub fn shorten(text: &str) -> String {
    within(text, QUOTED_CHARACTERS)
}

/// Returns a whole sentence on one line and of bounded length.
pub fn sentence(text: &str) -> String {
    within(text, SENTENCE_CHARACTERS)
}

/// Returns at most so many characters of a text, as they are shown, on one line.
pub fn within(text: &str, most: usize) -> String {
    let mut short = String::new();
    let mut shown = 0;
    for c in text.chars() {
        let escaped = c.is_control().then(|| c.escape_default());
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
    }
}
