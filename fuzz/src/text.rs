//! What is said to people: bounded, and on the lines that it is meant for.

/// The most bytes of a message that denies a Pod.
const MESSAGE: usize = 4096;
/// The most characters of one warning, and of all of one answer.
const WARNING: usize = 256;
const WARNINGS: usize = 4096;
/// The most characters of a sentence that is no annotation's fault.
const SENTENCE: usize = 1024;
/// The most characters of a name in a line of the log, and of what says that there were more.
const NAME: usize = 253 + 3;

/// A denial: lines of text, within what a client shows.
///
/// # Panics
/// Where it is none.
pub fn is_message(message: &str) {
    assert!(message.len() <= MESSAGE, "{} bytes: {message:?}", message.len());
    assert!(message.lines().all(|line| !line.contains(char::is_control)), "{message:?}");
}

/// Warnings, as many as the API server passes on.
///
/// # Panics
/// Where they are none.
pub fn are_warnings<'w>(warnings: impl Iterator<Item = &'w str>) {
    let mut all = 0;
    for warning in warnings {
        let characters = warning.chars().count();
        assert!(characters <= WARNING && !warning.contains(char::is_control), "{characters}: {warning:?}");
        all += characters;
    }
    assert!(all <= WARNINGS, "{all} characters");
}

/// A sentence of ours: one line, however much it is about.
///
/// # Panics
/// Where it is none.
pub fn is_sentence(sentence: &str) {
    let characters = sentence.chars().count();
    assert!((1..=SENTENCE).contains(&characters), "{characters}: {sentence:?}");
    assert!(!sentence.contains(char::is_control), "{sentence:?}");
}

/// A name that a request has, as the log has it.
///
/// # Panics
/// Where it is none.
pub fn is_name(name: &str) {
    let characters = name.chars().count();
    assert!((1..=NAME).contains(&characters) && !name.contains(char::is_control), "{characters}: {name:?}");
}
