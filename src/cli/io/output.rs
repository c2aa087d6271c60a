//! Standard output.

use std::io::{ErrorKind, Write as _, stdout};

/// Writes to standard output. Ignores a reader that closes the pipe early (`| head`).
pub(in crate::cli) fn print(text: &str) -> std::io::Result<()> {
    let mut stdout = stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}
