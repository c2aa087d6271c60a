//! Files that are followed: looked at again and again, compared by content, and taken up where that has changed.
//!
//! They are looked at instead of being watched: a kubelet swaps a symlink two folders above a mounted file, which
//! notifications about the file never tell. What cannot be used is never taken up, and what was in force before stays; it is
//! tried again at every look, and said to be refused at the second one.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::server::metrics::Reloads;
use crate::server::{Error, Stop};

/// How long a new version has to stand still before it is read: whoever writes a file in place is at times in the middle of
/// it, and half of a file may be a whole one. So it is for two files that belong together and are read one by one.
const SETTLED: Duration = Duration::from_millis(100);

/// What one file holds, or why that cannot be said.
pub(crate) type Content = Result<Vec<u8>, String>;

/// Something that is kept in files, and how it is put in force. All of it runs where it may block.
pub(crate) trait Source: Send + Sync + 'static {
    /// What is compared: everything that is read.
    type Seen: PartialEq + Send + Sync + 'static;

    /// Reads the files.
    fn look(&self) -> Self::Seen;

    /// Puts what was seen in force and says so, or says what is wrong with it, a line each.
    fn take_up(&self, seen: &Self::Seen) -> Result<(), Error>;

    /// Tells that what the files hold is not in force; once for each version.
    fn refuse(&self, why: &Error);
}

/// A source, and what was last seen of it.
pub(crate) struct Followed<S: Source> {
    source: Arc<S>,
    every: Duration,
    seen: Arc<S::Seen>,
}

/// What became of the version that was seen last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    InForce,
    /// Not tried yet.
    New,
    /// Failed once, and nobody was told: who writes a certificate and then its key is not to read in between that the two do
    /// not match.
    Failed,
    /// Told; tried again all the same: a certificate that is not valid yet becomes so without a change of its file.
    Refused,
}

impl<S: Source> Followed<S> {
    /// What was seen is in force already.
    pub(crate) fn new(source: S, seen: S::Seen, every: Duration) -> Self {
        Self { source: Arc::new(source), every, seen: Arc::new(seen) }
    }

    /// Looks in each interval until the stop.
    pub(crate) async fn follow(mut self, stop: Stop, reloads: Reloads) {
        let (mut unsettled, mut standing) = (None, Standing::InForce);
        loop {
            let pause = if unsettled.is_some() { self.every.min(SETTLED) } else { self.every };
            tokio::select! {
                biased;
                () = stop.begun() => return,
                () = tokio::time::sleep(pause) => {}
            }
            let Some(now) = self.look().await else { continue };
            if now == *self.seen {
                unsettled = None;
            } else if unsettled.as_ref() == Some(&now) {
                unsettled = None;
                (self.seen, standing) = (Arc::new(now), Standing::New);
            } else {
                unsettled = Some(now);
                continue;
            }
            if standing != Standing::InForce {
                standing = self.attempt(standing, &reloads).await;
            }
        }
    }

    /// Nothing where it failed, which its panic has told.
    async fn look(&self) -> Option<S::Seen> {
        let source = Arc::clone(&self.source);
        tokio::task::spawn_blocking(move || source.look()).await.ok()
    }

    async fn attempt(&self, standing: Standing, reloads: &Reloads) -> Standing {
        let (source, seen) = (Arc::clone(&self.source), Arc::clone(&self.seen));
        let taken_up = tokio::task::spawn_blocking(move || source.take_up(&seen)).await;
        let failed = |_| Err(Error::new("podwright failed on this file; this is a bug, and its log says where"));
        match (taken_up.unwrap_or_else(failed), standing) {
            (Ok(()), _) => {
                reloads.succeeded();
                Standing::InForce
            }
            (Err(_), Standing::New) => Standing::Failed,
            (Err(why), Standing::Failed) => {
                self.source.refuse(&why);
                reloads.failed();
                Standing::Refused
            }
            (Err(_), told) => told,
        }
    }
}

/// The whole of a file, or its beginning where it has more than so many bytes.
pub(crate) fn read(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    // A pipe would never end, and could not be read again.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The first of the lines, and how many more there are.
pub(crate) fn in_a_line(why: &Error) -> String {
    let text = why.to_string();
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    match lines.count() {
        0 => first.to_owned(),
        more => format!("{first} (and {more} more, in the log)"),
    }
}

#[cfg(test)]
mod tests;
