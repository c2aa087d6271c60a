//! Texts for people: bounded, and without stray line breaks.

/// The most bytes of a message that denies a Pod.
const MESSAGE: usize = 4096;
/// The most characters of one warning, and of all of one answer.
const WARNING: usize = 256;
const WARNINGS: usize = 4096;
/// The most characters of a sentence that is not about an annotation.
const SENTENCE: usize = 1024;
/// The most characters of a name in the log, and of the mark for an omitted rest.
const NAME: usize = 253 + 3;

/// Asserts that a denial is lines of text, within a client's limits.
///
/// # Panics
/// If it is not.
pub fn is_message(message: &str) {
    assert!(message.len() <= MESSAGE, "{} bytes: {message:?}", message.len());
    assert!(message.lines().all(|line| !line.contains(char::is_control)), "{message:?}");
}

/// Asserts that the warnings stay within the API server's limits.
///
/// # Panics
/// If they do not.
pub fn are_warnings<'w>(warnings: impl Iterator<Item = &'w str>) {
    let mut all = 0;
    for warning in warnings {
        let characters = warning.chars().count();
        assert!(characters <= WARNING && !warning.contains(char::is_control), "{characters}: {warning:?}");
        all += characters;
    }
    assert!(all <= WARNINGS, "{all} characters");
}

/// Asserts that a sentence is one line of bounded length.
///
/// # Panics
/// If it is not.
pub fn is_sentence(sentence: &str) {
    let characters = sentence.chars().count();
    assert!((1..=SENTENCE).contains(&characters), "{characters}: {sentence:?}");
    assert!(!sentence.contains(char::is_control), "{sentence:?}");
}

/// Asserts that a name from a request is safe in the log.
///
/// # Panics
/// If it is not.
pub fn is_name(name: &str) {
    let characters = name.chars().count();
    assert!((1..=NAME).contains(&characters) && !name.contains(char::is_control), "{characters}: {name:?}");
}
