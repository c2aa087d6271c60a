//! Followed files: read at an interval, compared by content, and applied after a change.
//!
//! They are polled, because notifications about a mounted file do not report the kubelet's swap of a symlink two folders above.
//! Unusable content is never applied, and the previous version stays in use. Each read tries it again; the second failure is reported.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::shutdown::Stop;
use crate::server::error::{Error, ReadError};
use crate::server::metrics::Reloads;

/// The time for which new content must stay the same before it is applied. A program may be in the middle of writing the file, or
/// between the two files of a pair, and half of a file may be valid.
const SETTLED: Duration = Duration::from_millis(100);

/// The content of one file.
pub(crate) type Content = Result<Vec<u8>, ReadError>;

/// Files with one purpose. All methods may block.
pub(crate) trait FileSource: Send + Sync + 'static {
    /// The content of all files. A change of it is a new version.
    type Content: PartialEq + Send + Sync + 'static;

    /// Reads the files.
    fn read(&self) -> Self::Content;

    /// Puts the content in use and logs that.
    fn apply(&self, content: &Self::Content) -> Result<(), Error>;

    /// Records that the content is unusable, once for each version. Returns a sentence for the log.
    fn reject(&self, error: &Error) -> String;

    /// Returns the file for the log.
    fn file(&self) -> &Path;
}

/// Follows the files of one source.
pub(crate) struct Follower<S: FileSource> {
    source: Arc<S>,
    interval: Duration,
    content: Arc<S::Content>,
}

/// The state of the latest version.
#[derive(Clone, Copy, PartialEq, Eq)]
enum VersionState {
    InUse,
    /// Not tried yet.
    New,
    /// Failed once, not reported yet: a read between the two writes of a certificate and its key fails.
    Failed,
    /// Reported. Still tried again: a certificate can become valid without a change of its file.
    Rejected,
}

impl<S: FileSource> Follower<S> {
    /// Returns a follower of a source whose present content is in use.
    pub(crate) fn new(source: S, content: S::Content, interval: Duration) -> Self {
        Self { source: Arc::new(source), interval, content: Arc::new(content) }
    }

    /// Reads the files at each interval until the stop.
    pub(crate) async fn follow(mut self, stop: Stop, reloads: Reloads) {
        let (mut unsettled, mut state) = (None, VersionState::InUse);
        loop {
            let pause = if unsettled.is_some() { self.interval.min(SETTLED) } else { self.interval };
            tokio::select! {
                biased;
                () = stop.begun() => return,
                () = tokio::time::sleep(pause) => {}
            }
            let source = Arc::clone(&self.source);
            // The panic of a failed read has its own line in the log.
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
            if state != VersionState::InUse {
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
                VersionState::InUse
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
    // A pipe may never end, and can be read only once.
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
        more => format!("{first} (and {more} more in the log)"),
    }
}

#[cfg(test)]
mod tests;
