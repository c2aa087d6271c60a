//! The splitting of a text into words, as in a POSIX shell and in Windows command lines.

/// A replacement for `#` while the words are split. The text cannot contain it, because control characters are invalid.
const HASH: char = '\u{1}';

/// Splits words as a POSIX shell does, without comments and expansions.
///
/// The crate treats an unquoted `#` at the start of a word as a comment, which would silently drop settings. So `#` is
/// replaced first.
pub(super) fn split(text: &str) -> Result<Vec<String>, &'static str> {
    if text.contains(|c: char| c.is_control() && c != '\t') {
        return Err("expected no control characters");
    }
    let words = shell_words::split(&text.replace('#', "\u{1}")).map_err(|_| "expected a closing quote")?;
    Ok(words.into_iter().map(|word| word.replace(HASH, "#")).collect())
}

/// Splits words as Windows does: at blanks outside of quotes, and with a literal backslash except before a double
/// quote. Returns `None` for an unclosed quote.
pub(super) fn split_on_windows(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match (character, quote) {
            (' ' | '\t', None) => words.extend(word.take()),
            (character, Some(open)) if character == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            ('\\', None | Some('"')) => {
                let escaped = rest.next_if_eq(&'"');
                word.get_or_insert_default().push(escaped.unwrap_or('\\'));
            }
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}
