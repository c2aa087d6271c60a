//! The terminal's colours and width.

use std::env;
use std::io::{IsTerminal, stdout};

/// The value of `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum ColorChoice {
    /// Colours on a terminal, or with CLICOLOR_FORCE; none with NO_COLOR
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
    /// Decides for standard output (<https://no-color.org>, <https://bixense.com/clicolors>).
    pub(in crate::cli) fn for_stdout(when: ColorChoice) -> Self {
        let value = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let is = |name: &str, expected: &str| value(name).is_some_and(|value| value == expected);
        let surroundings = Surroundings {
            terminal: stdout().is_terminal(),
            declined: is("CLICOLOR", "0") || is("TERM", "dumb"),
            refused: value("NO_COLOR").is_some(),
            forced: value("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
        };
        Self { on: surroundings.allow(when) }
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

/// The facts that `--color auto` depends on.
#[derive(Clone, Copy, Debug, Default)]
struct Surroundings {
    terminal: bool,
    /// No colours on this terminal: CLICOLOR=0 or TERM=dumb.
    declined: bool,
    /// NO_COLOR, which has precedence over all others.
    refused: bool,
    /// CLICOLOR_FORCE
    forced: bool,
}

impl Surroundings {
    fn allow(self, when: ColorChoice) -> bool {
        match when {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => !self.refused && (self.forced || self.terminal && !self.declined),
        }
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
    use super::{ColorChoice, Surroundings};

    #[test]
    fn colours_are_for_terminals_that_do_not_decline_them() {
        let plain = Surroundings::default();
        let terminal = Surroundings { terminal: true, ..plain };
        for (surroundings, expected) in [
            (plain, false),
            (terminal, true),
            (Surroundings { declined: true, ..terminal }, false),
            (Surroundings { forced: true, ..plain }, true),
            (Surroundings { forced: true, declined: true, ..plain }, true),
            (Surroundings { forced: true, refused: true, ..terminal }, false),
        ] {
            assert_eq!(surroundings.allow(ColorChoice::Auto), expected, "{surroundings:?}");
            assert!(surroundings.allow(ColorChoice::Always) && !surroundings.allow(ColorChoice::Never));
        }
    }
}
