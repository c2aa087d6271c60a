//! Cuts Rust source into code, comments and string literals, so that a rule is not fooled by a name in a comment.
//!
//! It knows just enough of Rust for that: nested comments, raw strings, and lifetimes beside character literals.

/// What a piece of source is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Word,
    /// One character of anything else.
    Sign,
    Comment,
    /// A string or character literal, its quotes included.
    Literal,
}

/// The pieces of `text`, each with its offset, without a gap.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = (usize, Kind, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let (kind, length) = first(rest);
        let piece = (at, kind, rest.get(..length)?);
        at += length;
        Some(piece)
    })
}

fn first(rest: &str) -> (Kind, usize) {
    let sign = rest.chars().next().map_or(1, char::len_utf8);
    if let Some(length) = comment(rest) {
        (Kind::Comment, length)
    } else if let Some(length) = raw_string(rest).or_else(|| quoted(rest)).or_else(|| character(rest)) {
        (Kind::Literal, length)
    } else {
        match rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()) {
            0 => (Kind::Sign, sign),
            length => (Kind::Word, length),
        }
    }
}

fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    let mut depth = 0_usize;
    let mut at = 0;
    while rest.starts_with("/*") {
        match rest.get(at..)? {
            "" => break,
            inner if inner.starts_with("/*") => (depth, at) = (depth + 1, at + 2),
            inner if inner.starts_with("*/") => (depth, at) = (depth - 1, at + 2),
            inner => at += inner.chars().next().map_or(1, char::len_utf8),
        }
        if depth == 0 {
            break;
        }
    }
    (at > 0).then_some(at)
}

fn raw_string(rest: &str) -> Option<usize> {
    let inner = ["r", "br", "cr"].iter().find_map(|prefix| {
        let inner = rest.strip_prefix(prefix)?;
        inner.starts_with(['#', '"']).then_some(inner)
    })?;
    let hashes = inner.len() - inner.trim_start_matches('#').len();
    let end = format!("\"{}", "#".repeat(hashes));
    let content = inner.get(hashes..)?.strip_prefix('"')?; // else it is a raw name: r#type
    let length = content.find(&end).map_or(content.len(), |at| at + end.len());
    Some(rest.len() - content.len() + length)
}

fn quoted(rest: &str) -> Option<usize> {
    let content = rest.strip_prefix('"')?;
    let mut escaped = false;
    let end = content.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    Some(end.map_or(rest.len(), |at| at + 2))
}

/// `'a'` and `'\''`, but not the lifetime `'a`.
fn character(rest: &str) -> Option<usize> {
    let content = rest.strip_prefix('\'')?;
    if content.starts_with('\\') {
        let end = content.get(2..)?.find('\'')?;
        return Some(end + 4);
    }
    let length = content.chars().next()?.len_utf8();
    content.get(length..)?.starts_with('\'').then_some(length + 2)
}

#[cfg(test)]
mod tests {
    use super::{Kind, pieces};

    fn of(kind: Kind, text: &str) -> Vec<&str> {
        pieces(text).filter(|(_, found, _)| *found == kind).map(|(_, _, piece)| piece).collect()
    }

    #[test]
    fn nothing_is_lost() {
        let text = "fn f<'a>(é: &'a str) { /* x /* y */ */ let c = '\\''; r#type(\"a\\\"b\", r#\"c\"d\"#) } // end";
        assert_eq!(pieces(text).map(|(_, _, piece)| piece).collect::<String>(), text);
    }

    #[test]
    fn literals_and_comments_are_told_from_code() {
        let text = "f('a', b\"x\\\"y\", br#\"p\"q\"#, '\\n') /* /* in */ out */ // 'z'\n<'a>";
        assert_eq!(of(Kind::Literal, text), ["'a'", "\"x\\\"y\"", "br#\"p\"q\"#", "'\\n'"]);
        assert_eq!(of(Kind::Comment, text), ["/* /* in */ out */", "// 'z'"]);
        assert_eq!(of(Kind::Word, text), ["f", "b", "a"]);
    }
}
