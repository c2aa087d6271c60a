//! Colours of the terminal, where they are wanted.

use std::env;
use std::io::{IsTerminal, stdout};

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum When {
    /// On a terminal that can, unless NO_COLOR is set
    #[default]
    Auto,
    /// Also where the output goes to a file or a pipe
    Always,
    /// Not at all
    Never,
}

/// Paints, or leaves as it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    on: bool,
}

impl Paint {
    /// For standard output (<https://no-color.org>).
    pub(super) fn for_stdout(when: When) -> Self {
        let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = env::var("TERM").is_ok_and(|term| term == "dumb");
        Self { on: wanted(when, stdout().is_terminal(), set("NO_COLOR") || dumb) }
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    pub(super) fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    pub(super) fn green(self, text: &str) -> String {
        self.with("32", text)
    }

    pub(super) fn yellow(self, text: &str) -> String {
        self.with("33", text)
    }

    pub(super) fn cyan(self, text: &str) -> String {
        self.with("36", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.on { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

fn wanted(when: When, terminal: bool, declined: bool) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => terminal && !declined,
    }
}

/// How wide the output may be: the terminal's width, by the shell's word for it where there is one.
pub(super) fn width() -> usize {
    let columns = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let columns = columns.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
    columns.unwrap_or(100).clamp(40, 120)
}

#[cfg(test)]
mod tests {
    use super::{When, wanted};

    #[test]
    fn colours_are_for_terminals_that_do_not_decline_them() {
        let all = |when| [(true, false), (true, true), (false, false), (false, true)].map(|(t, d)| wanted(when, t, d));
        assert_eq!(all(When::Auto), [true, false, false, false]);
        assert_eq!((all(When::Always), all(When::Never)), ([true; 4], [false; 4]));
    }
}
