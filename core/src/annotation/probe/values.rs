//! The values that both forms of a probe accept. An error is the end of a sentence: [`invalid`] adds the beginning.

use crate::annotation::{nearest, suggest};
use crate::text::shorten;

/// The problem with a `host`: PodSecurity's levels baseline and restricted reject it from 1.34 on (KEP-4940).
pub(super) const HOST: &str = "PodSecurity rejects probes with a host; expected none, because a probe goes to its Pod";

/// Returns the sentence about an invalid part of a probe.
pub(super) fn invalid(part: &str, text: &str, problem: &str) -> String {
    format!("invalid {part} \"{}\": {problem}", shorten(text))
}

/// Parses a text for a request. A line break could add a line to the request.
pub(super) fn one_line(text: &str) -> Result<String, &'static str> {
    let legal = !text.chars().any(char::is_control);
    legal.then(|| text.to_owned()).ok_or("expected no control characters")
}

/// Parses the name of a header, as `k8s.io/apimachinery/pkg/util/validation`, `IsHTTPHeaderName`.
pub(super) fn header_name(text: &str) -> Result<String, &'static str> {
    let legal = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    legal.then(|| text.to_owned()).ok_or("expected letters, digits and '-'")
}

/// Checks a program and its arguments. A process can get line breaks in its arguments, but no NUL.
pub(super) fn command(words: Vec<String>) -> Result<Vec<String>, &'static str> {
    if words.first().is_none_or(String::is_empty) {
        return Err("expected a program and its arguments");
    }
    if words.iter().any(|word| word.contains('\0')) {
        return Err("expected no NUL characters");
    }
    Ok(words)
}

/// Returns the word to suggest. The table has candidates, each with the word to write.
pub(super) fn meant(word: &str, table: &[(&'static str, &'static str)]) -> Option<&'static str> {
    let near = nearest(word, table.iter().map(|(known, _)| *known))?;
    table.iter().find(|(known, _)| *known == near).map(|(_, meant)| *meant)
}

/// Returns the words before the accepted values, with a suggestion for a near miss.
pub(super) fn expected(word: &str, table: &[(&'static str, &'static str)]) -> String {
    suggest::expected(meant(word, table))
}
