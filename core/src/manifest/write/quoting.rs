//! The quotes of scalars, so that kubectl and other YAML parsers read the intended value.

use serde_json::Value;

use crate::manifest::scalar::plain;

/// The surroundings of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    Block,
    /// Brackets, where commas and brackets end a scalar.
    Flow,
}

/// Writes a scalar on one line.
pub(crate) fn scalar(value: &Value, context: Context) -> String {
    match value {
        Value::String(text) if !is_printable(text) => escaped(text),
        // `"100"` and `"yes"` have another type without quotes. kubectl writes them with double ones.
        Value::String(text) if is_ambiguous(text) => escaped(text),
        Value::String(text) if !is_plain(text, context) => format!("'{}'", text.replace('\'', "''")),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Returns whether a text is best written as a block scalar.
pub(super) fn fits_block(text: &str) -> bool {
    let printable = text.split('\n').all(|line| is_printable(line) && !line.ends_with([' ', '\t']));
    let body = text.trim_end_matches('\n');
    body.contains('\n') && printable && !text.starts_with([' ', '\t', '\n', '#', '-', '%'])
}

/// Returns whether a text fits on one line without escapes.
fn is_printable(text: &str) -> bool {
    text.chars().all(|char| matches!(char, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{10000}'..))
}

/// Writes a text in double quotes. YAML has the same escapes as JSON.
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

/// Returns whether kubectl or another YAML 1.1 parser reads a text as another type: sexagesimals, dates, or any number.
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
