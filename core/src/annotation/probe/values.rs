//! What a value may be, in whichever form it was written. A `&'static str` of an error is the end of a sentence that begins
//! with the value.

use crate::annotation::nearest;
use crate::text::shorten;

/// The problem with a `host`: PodSecurity's levels baseline and restricted refuse it from 1.34 on (KEP-4940).
pub(super) const HOST: &str =
    "names a host, which PodSecurity refuses; expected none, as a probe goes to the Pod itself";

/// The sentence that such a reason ends.
pub(super) fn has(what: &str, text: &str, problem: &str) -> String {
    format!("has {what} \"{}\", which {problem}", shorten(text))
}

/// Text that ends up in a request, and must not bring a line of its own into it.
pub(super) fn one_line(text: &str) -> Result<String, &'static str> {
    let legal = !text.chars().any(char::is_control);
    legal.then(|| text.to_owned()).ok_or("has a control character; expected none")
}

/// The name of a header: `k8s.io/apimachinery/pkg/util/validation`, `IsHTTPHeaderName`.
pub(super) fn header_name(text: &str) -> Result<String, &'static str> {
    let legal = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    legal.then(|| text.to_owned()).ok_or("is not the name of a header; expected letters, digits and '-'")
}

/// A program and its arguments. A process cannot be given a NUL; line breaks it can.
pub(super) fn command(words: Vec<String>) -> Result<Vec<String>, &'static str> {
    if words.first().is_none_or(String::is_empty) {
        return Err("names no program; expected one, and its arguments");
    }
    if words.iter().any(|word| word.contains('\0')) {
        return Err("has a NUL, which no argument can hold");
    }
    Ok(words)
}

/// The word that the author most likely meant. The table has each candidate with the word to write instead.
pub(super) fn meant(word: &str, table: &[(&'static str, &'static str)]) -> Option<&'static str> {
    let near = nearest(word, table.iter().map(|(known, _)| *known))?;
    table.iter().find(|(known, _)| *known == near).map(|(_, meant)| *meant)
}

/// The question that a near miss adds to a sentence.
pub(super) fn did_you_mean(word: &str, table: &[(&'static str, &'static str)]) -> String {
    meant(word, table).map(|meant| format!("; did you mean {meant}?")).unwrap_or_default()
}
