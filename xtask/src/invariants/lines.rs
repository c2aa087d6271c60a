//! A file that needs scrolling for long is two files. Tests count: they can move to a file of their own.

use super::{Violation, source::Source};

/// The habit is 300 at most; this leaves room for a change before the file is cut.
const MOST: usize = 350;

pub(super) fn check(sources: &[Source]) -> Vec<Violation> {
    let long = sources.iter().filter(|source| source.lines > MOST);
    let sentence =
        |lines| format!("the file has {lines} lines, and {MOST} is the most; what is a file of its own here?");
    long.map(|source| source.violation(MOST + 1, sentence(source.lines))).collect()
}

#[cfg(test)]
mod tests {
    use super::{MOST, check};
    use crate::invariants::source::Source;

    #[test]
    fn a_long_file_is_seen() {
        let of = |lines: usize| check(&[Source::parse("xtask/src/x.rs", &"//\n".repeat(lines))]).len();
        assert_eq!((of(MOST), of(MOST + 1)), (0, 1));
    }
}
