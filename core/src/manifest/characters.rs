//! Characters that kubectl's YAML reader refuses, or takes for the end of a line where no editor shows one.

use super::{Place, Unread};

/// Checks the text of a document that begins on this line.
pub(super) fn check(text: &str, first_line: usize) -> Result<(), Unread> {
    let suspect = |byte: u8| byte >= 0x7f || (byte < 0x20 && byte != b'\n' && byte != b'\t');
    if !text.bytes().any(suspect) {
        return Ok(());
    }
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let content = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
        if let Some((column, sentence)) = content.chars().enumerate().find_map(|(at, char)| Some((at, fault(char)?))) {
            return Err(Unread::new(Place { line: first_line + number, column: column + 1 }, sentence));
        }
    }
    Ok(())
}

fn fault(char: char) -> Option<String> {
    let code = format!("U+{:04X}", u32::from(char));
    match char {
        '\t' | '\u{20}'..='\u{7e}' => None,
        '\r' => Some("a carriage return without a line feed; expected lines that end with LF or CRLF".to_owned()),
        '\u{85}' | '\u{2028}' | '\u{2029}' => Some(format!(
            "{code} ends a line for kubectl, unseen; expected a line break, or an escape in double quotes"
        )),
        '\u{feff}' => Some(format!("{code} (a byte order mark) inside the text; expected one at its start at most")),
        '\u{a0}'..='\u{fffd}' | '\u{10000}'.. => None,
        _ => Some(format!("the character {code} is not allowed in YAML; expected an escape in double quotes")),
    }
}
