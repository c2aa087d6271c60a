//! The lines that a terminal shows for a text with colours, as ECMA-48 has them (`ESC [ … m`), wrapped at its width.

use crate::{Error, bail};

/// How a piece of a line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) bold: bool,
    pub(super) dim: bool,
    pub(super) colour: Option<Colour>,
}

/// The colours that podwright uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    Red,
    Green,
    Yellow,
    Cyan,
}

/// A piece of a line in one style.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) style: Style,
    pub(super) text: String,
}

/// The lines, none of them longer than `columns`. Every character is taken to be as wide as any other.
pub(super) fn screen(text: &str, columns: usize) -> Result<Vec<Vec<Span>>, Error> {
    let (mut lines, mut style) = (Vec::new(), Style::default());
    for line in text.lines() {
        let (mut spans, mut used) = (Vec::new(), 0);
        for (nth, piece) in line.split("\x1b[").enumerate() {
            let piece = if nth == 0 { piece } else { switch(&mut style, piece)? };
            for c in piece.chars() {
                if used == columns {
                    lines.push(std::mem::take(&mut spans));
                    used = 0;
                }
                push(&mut spans, style, c)?;
                used += 1;
            }
        }
        lines.push(spans);
    }
    Ok(lines)
}

/// Changes the style as the codes before the `m` say; what is behind it is returned.
fn switch<'t>(style: &mut Style, piece: &'t str) -> Result<&'t str, Error> {
    let unknown = || Error::new(format!("a terminal's code that is not known here: ESC [ {}", piece.escape_debug()));
    let (codes, text) = piece.split_once('m').ok_or_else(unknown)?;
    for code in codes.split(';') {
        match code {
            "0" | "" => *style = Style::default(),
            "1" => style.bold = true,
            "2" => style.dim = true,
            "31" => style.colour = Some(Colour::Red),
            "32" => style.colour = Some(Colour::Green),
            "33" => style.colour = Some(Colour::Yellow),
            "36" => style.colour = Some(Colour::Cyan),
            _ => return Err(unknown()),
        }
    }
    Ok(text)
}

fn push(spans: &mut Vec<Span>, style: Style, c: char) -> Result<(), Error> {
    if c.is_control() {
        bail!("a control character that is not known here: {}", c.escape_debug());
    }
    match spans.last_mut().filter(|last| last.style == style) {
        Some(last) => last.text.push(c),
        None => spans.push(Span { style, text: c.into() }),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Colour, Span, Style, screen};

    #[test]
    fn styles_begin_and_end_where_the_codes_say() {
        let green = Style { colour: Some(Colour::Green), ..Style::default() };
        let span = |style, text: &str| Span { style, text: text.to_owned() };
        let shown = screen("a \x1b[32mb\x1b[0m\n\n\x1b[1;36mc", 80).unwrap_or_default();
        let bold = Style { bold: true, colour: Some(Colour::Cyan), ..Style::default() };
        assert_eq!(shown, [vec![span(Style::default(), "a "), span(green, "b")], vec![], vec![span(bold, "c")]]);
    }

    #[test]
    fn a_line_that_is_too_long_goes_on_in_the_next() {
        let shown = screen("\x1b[31mabcdefg\x1b[0m", 3).unwrap_or_default();
        let texts: Vec<&str> = shown.iter().flatten().map(|span| span.text.as_str()).collect();
        assert_eq!(texts, ["abc", "def", "g"]);
        assert_eq!(screen("abc\nd", 3).map(|lines| lines.len()).ok(), Some(2));
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        assert!(screen("\x1b[38;5;1mred", 80).is_err());
        assert!(screen("\x1b[2Kgone", 80).is_err());
        assert!(screen("\ttab", 80).is_err());
    }
}
