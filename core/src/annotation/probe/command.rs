//! The command of `exec`. Its words depend on the Pod's operating system.
//!
//! The parser does not know the Pod, so it keeps both readings. A POSIX shell removes a backslash; on Windows, it
//! separates the parts of a path.

use super::{shell, values};

/// A program and its arguments, without a shell. There is always a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    words: Vec<String>,
    /// The words on Windows, if they differ.
    on_windows: Option<Vec<String>>,
}

impl Command {
    /// Creates a command with the same words on every system.
    pub(super) fn new(words: Vec<String>) -> Self {
        Self { words, on_windows: None }
    }

    /// Adds the words that the text has on Windows, if its options stay the same there.
    pub(super) fn written(self, text: &str, options: &[String]) -> Self {
        let on_windows = on_windows(text, options).filter(|words| *words != self.words);
        Self { on_windows, ..self }
    }

    /// Returns the words for a Windows Pod or another Pod.
    pub fn words(&self, windows: bool) -> &[String] {
        self.on_windows.as_deref().filter(|_| windows).unwrap_or(&self.words)
    }
}

/// Splits the command as on Windows. Returns `None` if the text has no backslash or no other reading.
fn on_windows(text: &str, options: &[String]) -> Option<Vec<String>> {
    let words = text.contains('\\').then(|| shell::split_on_windows(text)).flatten()?;
    let (handler, behind) = words.split_first()?;
    let command = handler.strip_prefix("exec:").filter(|_| behind == options)?;
    values::command(shell::split_on_windows(command)?).ok()
}

#[cfg(test)]
mod tests {
    use super::super::{Handler, Probe, ProbeKind};

    fn command(text: &str, windows: bool) -> Vec<String> {
        match Probe::parse(text, ProbeKind::Liveness).map(|probe| probe.handler) {
            Ok(Handler::Exec(command)) => command.words(windows).to_owned(),
            other => unreachable!("{text}: {other:?}"),
        }
    }

    #[test]
    fn backslashes_are_dropped_by_posix_and_kept_on_windows() {
        for (text, posix, windows) in [
            (
                r"exec:'powershell.exe -File C:\probes\alive.ps1'",
                &["powershell.exe", "-File", "C:probesalive.ps1"][..],
                &["powershell.exe", "-File", r"C:\probes\alive.ps1"][..],
            ),
            (r"exec:C:\alive.exe timeout=2s", &["C:alive.exe"], &[r"C:\alive.exe"]),
            (r#"exec:"C:\alive.exe /q" grace=5s"#, &["C:alive.exe", "/q"], &[r"C:\alive.exe", "/q"]),
            (
                r#"exec:'"C:\Program Files\alive.exe" C:\a\'"#,
                &[r"C:\Program Files\alive.exe", r"C:a\"],
                &[r"C:\Program Files\alive.exe", r"C:\a\"],
            ),
            (r#"exec:"cmd /c \"C:\a b\c\"""#, &["cmd", "/c", r"C:\a b\c"], &["cmd", "/c", r"C:\a b\c"]),
            (r"exec:'\\server\share\alive.exe'", &[r"\serversharealive.exe"], &[r"\\server\share\alive.exe"]),
            ("exec:'sh -c \"test -f /x\" #1'", &["sh", "-c", "test -f /x", "#1"], &["sh", "-c", "test -f /x", "#1"]),
            // With literal backslashes, the options would differ, so there is no reading for Windows.
            (r"exec:a\ b timeout=2s", &["a", "b"], &["a", "b"]),
        ] {
            assert_eq!(
                (command(text, false), command(text, true)),
                (posix.iter().map(|w| (*w).to_owned()).collect(), windows.iter().map(|w| (*w).to_owned()).collect()),
                "{text}"
            );
        }
    }
}
