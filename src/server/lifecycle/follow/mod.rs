//! Followed files: read at an interval, compared by content, and applied after a change.
//!
//! They are polled, because notifications about a mounted file do not report the kubelet's swap of a symlink two
//! folders above. Unusable content is never applied, and the previous version stays in use. Each read tries it again;
//! the second failure is reported.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::shutdown::Stop;
use crate::server::error::{Error, ReadError};
use crate::server::metrics::Reloads;

/// The time for which new content must stay the same before it is applied. A program may be in the middle of writing
/// the file, or between the two files of a pair, and half of a file may be valid.
const SETTLED: Duration = Duration::from_millis(100);
/// The size limit of a file, as of a Secret or a ConfigMap. All CAs of a browser take a quarter of it.
const LIMIT: u64 = 1024 * 1024;

pub(crate) type Content = Result<Vec<u8>, ReadError>;

/// Files with one purpose. All methods may block.
pub(crate) trait FileSource<const FILES: usize>: Send + Sync + 'static {
    /// The name of the content in the log.
    const NAME: &'static str;

    /// Returns the paths. The log has the first one.
    fn paths(&self) -> [&Path; FILES];

    /// Puts the content in use. Returns its summary for the log.
    fn apply(&self, content: &[Content; FILES]) -> Result<String, Error>;

    /// Records why the content is unusable, once for each version.
    fn reject(&self, reason: String);

    fn read(&self) -> [Content; FILES] {
        self.paths().map(read)
    }
}

pub(crate) struct Follower<S, const FILES: usize> {
    source: Arc<S>,
    interval: Duration,
    content: Arc<[Content; FILES]>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum VersionState {
    InUse,
    New,
    /// Failed once, not reported yet: a read between the two writes of a certificate and its key fails.
    Failed,
    /// Reported. Still tried again: a certificate can become valid without a change of its file.
    Rejected,
}

impl<S: FileSource<FILES>, const FILES: usize> Follower<S, FILES> {
    /// Returns a follower of a source whose present content is in use.
    pub(crate) fn new(source: S, content: [Content; FILES], interval: Duration) -> Self {
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
        let (name, file) = (S::NAME, self.source.paths().first().map(|path| path.display()));
        let file = file.as_ref().map(tracing::field::display);
        match (applied.unwrap_or(Err(Error::Bug("podwright panicked on the content of the file"))), state) {
            (Ok(summary), _) => {
                tracing::info!(file, summary, "{name} has changed; the new version is in use");
                reloads.succeeded();
                VersionState::InUse
            }
            (Err(_), VersionState::New) => VersionState::Failed,
            (Err(error), VersionState::Failed) => {
                let error = error.to_string();
                self.source.reject(first_line(&error));
                tracing::error!(file, "{name} has changed and is unusable; the previous version stays in use");
                error.lines().for_each(|line| tracing::error!("{line}"));
                reloads.failed();
                VersionState::Rejected
            }
            (Err(_), state) => state,
        }
    }
}

pub(crate) fn read(path: &Path) -> Content {
    // A pipe may never end, and can be read only once.
    if !fs::metadata(path)?.is_file() {
        return Err(ReadError::NotAFile);
    }
    let mut bytes = Vec::new();
    let length = File::open(path)?.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if u64::try_from(length).is_ok_and(|length| length <= LIMIT) { Ok(bytes) } else { Err(ReadError::TooLarge) }
}

/// Returns the first line of an error and the number of the others.
fn first_line(error: &str) -> String {
    let mut lines = error.lines();
    let first = lines.next().unwrap_or_default();
    match lines.count() {
        0 => first.to_owned(),
        more => format!("{first} (and {more} more in the log)"),
    }
}

#[cfg(test)]
mod tests;
