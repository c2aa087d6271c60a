//! The configuration in force: read from a file at the start, and again whenever that file changes.
//!
//! The file is looked at every two seconds instead of being watched: a kubelet swaps a symlink two folders above a mounted
//! ConfigMap's file, which notifications about the file never tell. A version that cannot be used is refused whole, and the
//! one before it stays in force: never half a configuration, and never none.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;

use super::metrics::Reloads;
use super::{Error, Stop};
use crate::cert::written;
use crate::profile::Configuration;
use crate::profile::file::{BYTES, Document};

/// How long a new version has to stand still before it is read: whoever writes a file in place is at times in the middle of
/// it, and half of a file may be a whole configuration.
const SETTLED: Duration = Duration::from_millis(100);

/// What to serve with, and the file to follow for it.
pub struct Configured {
    current: Current,
    followed: Option<Followed>,
}

/// The configuration in force; clones see the same one.
#[derive(Clone)]
pub(super) struct Current(Arc<watch::Sender<Version>>);

struct Version {
    configuration: Arc<Configuration>,
    /// The file it is from, and when it was read; absent for the built-in one.
    from: Option<(PathBuf, SystemTime)>,
    /// Why the file as it is now is not in force, where that is so.
    stale: Option<String>,
}

struct Followed {
    path: PathBuf,
    every: Duration,
    seen: Look,
}

/// What a file holds, or why that cannot be said.
type Look = Result<Vec<u8>, String>;

impl Configured {
    /// The built-in configuration, which never changes.
    pub fn built_in() -> Self {
        Self { current: Current::new(Configuration::default(), None), followed: None }
    }

    /// The file's, looked at again in this interval.
    ///
    /// # Errors
    /// Everything that is wrong with the file, a line each.
    pub fn from_file(path: &Path, every: Duration) -> Result<Self, Error> {
        let seen = look(path);
        let configuration = read(path, &seen).map_err(|problems| {
            Error::new(format!("the configuration (--config) cannot be used:\n{}", problems.join("\n")))
        })?;
        let current = Current::new(configuration, Some((path.to_owned(), SystemTime::now())));
        Ok(Self { current, followed: Some(Followed { path: path.to_owned(), every, seen }) })
    }

    pub(super) fn current(&self) -> Current {
        self.current.clone()
    }

    /// Follows the file until the stop.
    pub(super) async fn follow(self, stop: Stop, reloads: Reloads) {
        let Self { current, followed: Some(mut file) } = self else { return };
        let mut unsettled: Option<Look> = None;
        loop {
            let pause = if unsettled.is_some() { file.every.min(SETTLED) } else { file.every };
            tokio::select! {
                biased;
                () = stop.begun() => return,
                () = tokio::time::sleep(pause) => {}
            }
            let now = file.look().await;
            if now == file.seen {
                unsettled = None;
            } else if unsettled.as_ref() == Some(&now) {
                unsettled = None;
                file.seen = now;
                file.take_up(&current, &reloads).await;
            } else {
                unsettled = Some(now);
            }
        }
    }
}

impl Followed {
    async fn look(&self) -> Look {
        let path = self.path.clone();
        blocking(move || look(&path)).await.unwrap_or_else(Err)
    }

    /// Puts what was seen in force, or says why not.
    async fn take_up(&self, current: &Current, reloads: &Reloads) {
        let (path, seen) = (self.path.clone(), self.seen.clone());
        let read = blocking(move || read(&path, &seen)).await.unwrap_or_else(|failed| Err(vec![failed]));
        let file = self.path.display();
        match read {
            Ok(configuration) => {
                current.replace(configuration, &self.path);
                reloads.succeeded();
                tracing::info!(%file, "the configuration has changed; the new version is in force");
            }
            Err(problems) => {
                let version = current.keep(&problems);
                reloads.failed();
                tracing::error!(%file, "the configuration has changed and cannot be used; {version} stays in force");
                problems.iter().for_each(|problem| tracing::error!("{problem}"));
            }
        }
    }
}

impl Current {
    fn new(configuration: Configuration, from: Option<(PathBuf, SystemTime)>) -> Self {
        Self(Arc::new(watch::Sender::new(Version { configuration: Arc::new(configuration), from, stale: None })))
    }

    /// What is in force now. Whoever began with it ends with it.
    pub(super) fn configuration(&self) -> Arc<Configuration> {
        Arc::clone(&self.0.borrow().configuration)
    }

    /// How it stands, in a line: `ok: FILE as of …`, or `stale: …` with the reason.
    pub(super) fn standing(&self) -> String {
        let version = self.0.borrow();
        match (&version.stale, &version.from) {
            (Some(stale), _) => format!("stale: {stale}; {} is in force", version.name()),
            (None, Some((path, read))) => format!("ok: {} as of {}", path.display(), written(*read)),
            (None, None) => "ok: built in".to_owned(),
        }
    }

    fn replace(&self, configuration: Configuration, path: &Path) {
        let from = Some((path.to_owned(), SystemTime::now()));
        self.0.send_replace(Version { configuration: Arc::new(configuration), from, stale: None });
    }

    /// Notes that the file has problems; what it is that stays in force.
    fn keep(&self, problems: &[String]) -> String {
        let more = problems.len().saturating_sub(1);
        let more = if more == 0 { String::new() } else { format!(" (and {more} more, in the log)") };
        let first = problems.first().cloned().unwrap_or_default();
        self.0.send_modify(|version| version.stale = Some(format!("{first}{more}")));
        self.0.borrow().name()
    }
}

impl Version {
    fn name(&self) -> String {
        self.from
            .as_ref()
            .map_or("the built-in one".to_owned(), |(_, read)| format!("the version of {}", written(*read)))
    }
}

/// Away from the threads that answer requests.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let failed = |_| "podwright failed on this file; this is a bug, and its log says where".to_owned();
    tokio::task::spawn_blocking(work).await.map_err(failed)
}

fn look(path: &Path) -> Look {
    let sentence = |what: &dyn std::fmt::Display| {
        format!("{}: cannot be read: {what}; expected a file such as `podwright config show` prints", path.display())
    };
    // A pipe would never end, and could not be read again.
    let is_file = fs::metadata(path).map_err(|error| sentence(&error))?.is_file();
    let file = is_file.then(|| fs::File::open(path)).ok_or_else(|| sentence(&"it is not a regular file"))?;
    let mut bytes = Vec::new();
    let most = u64::try_from(BYTES).unwrap_or(u64::MAX).saturating_add(1);
    file.and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(|error| sentence(&error))?;
    Ok(bytes)
}

fn read(path: &Path, look: &Look) -> Result<Configuration, Vec<String>> {
    let shown = path.display();
    let bytes = look.as_ref().map_err(|unread| vec![unread.clone()])?;
    let text = std::str::from_utf8(bytes).map_err(|error| vec![format!("{shown}: is not UTF-8: {error}")])?;
    let document = Document::parse(text).map_err(|problems| problems.lines(&shown.to_string()))?;
    Ok(document.configuration().clone())
}
