//! The splitting of a text into words, as shells do it: POSIX, and the command lines of Windows.

/// Stands in for `#` while the words are split; refused before, so that it cannot stand for itself.
const HASH: char = '\u{1}';

/// Splits words as a POSIX shell does, without its comments and expansions.
///
/// The crate takes an unquoted `#` at the start of a word for a comment, which would drop settings in silence.
pub(super) fn split(text: &str) -> Result<Vec<String>, &'static str> {
    if text.contains(|c: char| c.is_control() && c != '\t') {
        return Err("has a control character; expected none");
    }
    let words = shell_words::split(&text.replace('#', "\u{1}")).map_err(|_| "has a quote that is not closed")?;
    Ok(words.into_iter().map(|word| word.replace(HASH, "#")).collect())
}

/// Splits words at blanks outside of quotes. A backslash stands for itself, except before a double quote, as in Windows' own
/// command lines. None where a quote is not closed.
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
