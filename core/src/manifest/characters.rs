//! Characters that kubectl's YAML parser refuses, and line breaks that editors do not show.

use super::{ReadError, ReadErrorKind};
use crate::text::Position;

/// Checks the text of a document that starts on this line.
pub(super) fn check(text: &str, first_line: usize) -> Result<(), ReadError> {
    let suspect = |byte: u8| byte >= 0x7f || (byte < 0x20 && byte != b'\n' && byte != b'\t');
    if !text.bytes().any(suspect) {
        return Ok(());
    }
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let content = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
        if let Some((column, kind)) = content.chars().enumerate().find_map(|(at, char)| Some((at, fault(char)?))) {
            return Err(ReadError::new(Position { line: first_line + number, column: column + 1 }, kind));
        }
    }
    Ok(())
}

fn fault(char: char) -> Option<ReadErrorKind> {
    match char {
        '\t' | '\u{20}'..='\u{7e}' => None,
        '\r' => Some(ReadErrorKind::CarriageReturn),
        '\u{85}' | '\u{2028}' | '\u{2029}' => Some(ReadErrorKind::HiddenLineBreak(char)),
        '\u{feff}' => Some(ReadErrorKind::ByteOrderMark),
        '\u{a0}'..='\u{fffd}' | '\u{10000}'.. => None,
        _ => Some(ReadErrorKind::ForbiddenCharacter(char)),
    }
}
