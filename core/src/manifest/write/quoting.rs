//! The quotes that a scalar needs, so that kubectl and any other reader of YAML take it for what it is.

use serde_json::Value;

use crate::manifest::scalar::plain;

/// The surroundings of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    Block,
    /// In brackets, where commas and brackets end it.
    Flow,
}

/// A scalar on one line.
pub(crate) fn scalar(value: &Value, context: Context) -> String {
    match value {
        Value::String(text) if !is_printable(text) => escaped(text),
        // `"100"`, `"yes"`: what would be something else without quotes has double ones, as kubectl writes it.
        Value::String(text) if is_ambiguous(text) => escaped(text),
        Value::String(text) if !is_plain(text, context) => format!("'{}'", text.replace('\'', "''")),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether a text is best written as a block of lines.
pub(super) fn fits_block(text: &str) -> bool {
    let printable = text.split('\n').all(|line| is_printable(line) && !line.ends_with([' ', '\t']));
    let body = text.trim_end_matches('\n');
    body.contains('\n') && printable && !text.starts_with([' ', '\t', '\n', '#', '-', '%'])
}

/// On one line, in any quotes.
fn is_printable(text: &str) -> bool {
    text.chars().all(|char| matches!(char, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{10000}'..))
}

/// JSON's escapes are YAML's, too.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for char in Value::from(text).to_string().chars() {
        match char {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}'..='\u{ffff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(char)));
            }
            char => out.push(char),
        }
    }
    out
}

/// What kubectl reads as something else than text, or what other readers of YAML 1.1 do: sexagesimals, dates, and numbers
/// in any spelling.
fn is_ambiguous(text: &str) -> bool {
    let numeric =
        |char: char| char.is_ascii_digit() || matches!(char, '.' | '_' | ':' | '-' | '+' | 'e' | 'E' | 'T' | 'Z');
    let starts = text.starts_with(|char: char| char.is_ascii_digit() || matches!(char, '.' | '+' | '-'));
    let special = matches!(text, "=" | "<<");
    !plain(text).is_ok_and(|value| value.is_string()) || special || (starts && text.chars().all(numeric))
}

fn is_plain(text: &str, context: Context) -> bool {
    let starts = text
        .starts_with(|char: char| char.is_alphanumeric() || matches!(char, '_' | '/' | '.' | '$' | '(' | '+'))
        || (text.starts_with('-') && text.chars().nth(1).is_some_and(|char| char.is_alphanumeric() || char == '-'));
    let brackets: &[char] = &[',', '[', ']', '{', '}'];
    let colon = match context {
        Context::Block => text.contains(": ") || text.ends_with(':'),
        Context::Flow => text.contains(':') || text.contains(brackets),
    };
    let ends = text.ends_with(' ') || text.starts_with("---");
    starts && !ends && !colon && !text.contains(" #")
}
