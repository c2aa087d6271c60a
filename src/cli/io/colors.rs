//! The terminal's colours and width.

use std::env;
use std::io::{IsTerminal, stdout};

/// The value of `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum ColorChoice {
    /// Colours on a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Colours also in a file or a pipe
    Always,
    /// No colours
    Never,
}

/// Colours text, if colours are on.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct Paint {
    on: bool,
}

impl Paint {
    /// Decides for standard output (<https://no-color.org>).
    pub(in crate::cli) fn for_stdout(when: ColorChoice) -> Self {
        let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = env::var("TERM").is_ok_and(|term| term == "dumb");
        Self { on: wanted(when, stdout().is_terminal(), set("NO_COLOR") || dumb) }
    }

    pub(in crate::cli) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(in crate::cli) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    pub(in crate::cli) fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    pub(in crate::cli) fn green(self, text: &str) -> String {
        self.with("32", text)
    }

    pub(in crate::cli) fn yellow(self, text: &str) -> String {
        self.with("33", text)
    }

    pub(in crate::cli) fn cyan(self, text: &str) -> String {
        self.with("36", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.on { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

fn wanted(when: ColorChoice, terminal: bool, declined: bool) -> bool {
    match when {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => terminal && !declined,
    }
}

/// Returns the output's width in characters, 40 to 120: COLUMNS if set, otherwise the terminal's width.
pub(in crate::cli) fn width() -> usize {
    let columns = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let columns = columns.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
    columns.unwrap_or(100).clamp(40, 120)
}

#[cfg(test)]
mod tests {
    use super::{ColorChoice, wanted};

    #[test]
    fn colours_are_for_terminals_that_do_not_decline_them() {
        let all = |when| [(true, false), (true, true), (false, false), (false, true)].map(|(t, d)| wanted(when, t, d));
        assert_eq!(all(ColorChoice::Auto), [true, false, false, false]);
        assert_eq!((all(ColorChoice::Always), all(ColorChoice::Never)), ([true; 4], [false; 4]));
    }
}
