//! Files that are followed: read again and again, compared by content, and applied when that has changed.
//!
//! They are polled instead of watched: a kubelet swaps a symlink two folders above a mounted file, and notifications about the file
//! never report that. Unusable content is never applied and the previous version stays in force. It is tried again at every read,
//! and reported as refused at the second one.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::shutdown::Stop;
use crate::server::error::{Error, ReadError};
use crate::server::metrics::Reloads;

/// The time for which new content must stay the same before it is applied. A program that writes a file in place may be in the
/// middle of it, and half of a file may be valid. The same holds for two files that belong together and are read one by one.
const SETTLED: Duration = Duration::from_millis(100);

/// The content of one file.
pub(crate) type Content = Result<Vec<u8>, ReadError>;

/// Files with one purpose. All methods run where they may block.
pub(crate) trait FileSource: Send + Sync + 'static {
    /// Everything that is read; a change of it is a new version.
    type Content: PartialEq + Send + Sync + 'static;

    /// Reads the files.
    fn read(&self) -> Self::Content;

    /// Puts the content in force and logs that, or returns what is wrong with it.
    fn apply(&self, content: &Self::Content) -> Result<(), Error>;

    /// Records that the content is not in force, and returns a sentence for the log. Called once for each version.
    fn reject(&self, error: &Error) -> String;

    /// Returns the file that the log names.
    fn file(&self) -> &Path;
}

/// Follows the files of one source.
pub(crate) struct Follower<S: FileSource> {
    source: Arc<S>,
    interval: Duration,
    content: Arc<S::Content>,
}

/// The state of the last version.
#[derive(Clone, Copy, PartialEq, Eq)]
enum VersionState {
    InForce,
    /// The first try is still to come.
    New,
    /// Failed once, and not reported: a certificate and its key are two files, and a read between the two writes fails.
    Failed,
    /// Reported. Tried again all the same: a certificate that is not valid yet becomes valid without a change of its file.
    Rejected,
}

impl<S: FileSource> Follower<S> {
    /// Returns a follower whose content is in force already.
    pub(crate) fn new(source: S, content: S::Content, interval: Duration) -> Self {
        Self { source: Arc::new(source), interval, content: Arc::new(content) }
    }

    /// Reads the files at each interval until the stop.
    pub(crate) async fn follow(mut self, stop: Stop, reloads: Reloads) {
        let (mut unsettled, mut state) = (None, VersionState::InForce);
        loop {
            let pause = if unsettled.is_some() { self.interval.min(SETTLED) } else { self.interval };
            tokio::select! {
                biased;
                () = stop.begun() => return,
                () = tokio::time::sleep(pause) => {}
            }
            let source = Arc::clone(&self.source);
            // An error: the read panicked, which the panic's own line reports.
            let Ok(now) = tokio::task::spawn_blocking(move || source.read()).await else { continue };
            if now == *self.content {
                unsettled = None;
            } else if unsettled.as_ref() == Some(&now) {
                unsettled = None;
                (self.content, state) = (Arc::new(now), VersionState::New);
            } else {
                unsettled = Some(now);
                continue;
            }
            if state != VersionState::InForce {
                state = self.apply(state, &reloads).await;
            }
        }
    }

    async fn apply(&self, state: VersionState, reloads: &Reloads) -> VersionState {
        let (source, content) = (Arc::clone(&self.source), Arc::clone(&self.content));
        let applied = tokio::task::spawn_blocking(move || source.apply(&content)).await;
        match (applied.unwrap_or(Err(Error::FilePanic)), state) {
            (Ok(()), _) => {
                reloads.succeeded();
                VersionState::InForce
            }
            (Err(_), VersionState::New) => VersionState::Failed,
            (Err(error), VersionState::Failed) => {
                let sentence = self.source.reject(&error);
                tracing::error!(file = %self.source.file().display(), "{sentence}");
                error.to_string().lines().for_each(|line| tracing::error!("{line}"));
                reloads.failed();
                VersionState::Rejected
            }
            (Err(_), state) => state,
        }
    }
}

/// Returns the whole file, or its first `limit + 1` bytes.
pub(crate) fn read(path: &Path, limit: usize) -> Content {
    // A pipe would never end, and could not be read again.
    if !fs::metadata(path)?.is_file() {
        return Err(ReadError::NotAFile);
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns the first line of an error and the number of the others.
pub(crate) fn first_line(error: &Error) -> String {
    let text = error.to_string();
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    match lines.count() {
        0 => first.to_owned(),
        more => format!("{first} (and {more} more, in the log)"),
    }
}

#[cfg(test)]
mod tests;
