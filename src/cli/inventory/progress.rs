//! A progress line on a terminal, for surveys of more than a second.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::{Duration, Instant};

use crate::inspect::read::Progress;

/// The time before the first line. Most surveys are shorter.
const PATIENCE: Duration = Duration::from_secs(1);

/// The line. It is cleared when this is dropped.
pub(super) struct ProgressLine {
    begun: Instant,
    terminal: bool,
    shown: bool,
}

impl ProgressLine {
    pub(super) fn new() -> Self {
        Self { begun: Instant::now(), terminal: stderr().is_terminal(), shown: false }
    }

    /// Shows the progress, once the survey takes longer than a second.
    pub(super) fn show(&mut self, progress: Progress) {
        if self.terminal && self.begun.elapsed() > PATIENCE {
            self.shown = true;
            // Without a terminal nobody sees the line, so its failure does not matter.
            let _ = write!(stderr(), "\r\u{1b}[K{}", sentence(progress));
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(stderr(), "\r\u{1b}[K");
        }
    }
}

fn sentence(Progress { read, remaining }: Progress) -> String {
    match remaining {
        Some(remaining) => format!("{read} of {} Pods read", read + remaining),
        None => format!("{read} Pods read"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Progress, sentence};

    #[test]
    fn the_total_is_shown_where_the_api_server_tells_it() {
        assert_eq!(sentence(Progress { read: 500, remaining: Some(1_500) }), "500 of 2000 Pods read");
        assert_eq!(sentence(Progress { read: 500, remaining: None }), "500 Pods read");
    }
}
