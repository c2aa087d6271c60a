//! The configuration in force: read from a file at the start, and again whenever that file changes.
//!
//! A version that cannot be used is refused whole, and the one before it stays in force: never half a configuration, and never
//! none. When the file is looked at is `follow`'s.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ring::digest::{SHA256, digest};
use tokio::sync::watch;

use crate::cert::written;
use crate::profile::file::{BYTES, ConfigurationFile, Problems};
use crate::profile::{Configuration, PreStopAction};
use crate::server::lifecycle::follow::{self, Content, Followed, Source};
use crate::server::metrics::Reloads;
use crate::server::{Error, Stop};

/// What to serve with, and the file to follow for it.
pub struct Configured {
    current: Current,
    followed: Option<Followed<File>>,
}

/// The configuration in force; clones see the same one.
#[derive(Clone)]
pub(crate) struct Current(Arc<watch::Sender<Version>>);

struct Version {
    configuration: Arc<Configuration>,
    /// The file it is from, and when it was read; absent for the built-in one.
    from: Option<(PathBuf, SystemTime)>,
    /// Of the file's bytes.
    hash: f64,
    /// Why the file as it is now is not in force, where that is so.
    stale: Option<String>,
}

/// The file, and what to put in force from it.
struct File {
    path: PathBuf,
    current: Current,
}

impl Configured {
    /// The built-in configuration, which never changes.
    pub fn built_in() -> Self {
        Self { current: Current::new(Version::built_in()), followed: None }
    }

    /// The file's, looked at again in this interval.
    ///
    /// # Errors
    /// Everything that is wrong with the file, a line each.
    pub fn from_file(path: &Path, every: Duration) -> Result<Self, Error> {
        let seen = look(path);
        let version = Version::read(path, &seen)
            .map_err(|problems| Error::new(format!("the configuration (--config) cannot be used:\n{problems}")))?;
        let current = Current::new(version);
        let file = File { path: path.to_owned(), current: current.clone() };
        Ok(Self { current, followed: Some(Followed::new(file, seen, every)) })
    }

    /// How a Pod is made to sleep before it stops, as of now.
    pub fn pre_stop_action(&self) -> PreStopAction {
        self.current.configuration().pre_stop_action
    }

    pub(crate) fn current(&self) -> Current {
        self.current.clone()
    }

    /// Follows the file until the stop.
    pub(crate) async fn follow(self, stop: Stop, reloads: Reloads) {
        if let Some(followed) = self.followed {
            followed.follow(stop, reloads).await;
        }
    }
}

impl Source for File {
    type Seen = Content;

    fn look(&self) -> Content {
        look(&self.path)
    }

    fn take_up(&self, seen: &Content) -> Result<(), Error> {
        self.current.replace(Version::read(&self.path, seen)?);
        tracing::info!(file = %self.path.display(), "the configuration has changed; the new version is in force");
        Ok(())
    }

    fn refuse(&self, why: &Error) {
        let (version, file) = (self.current.keep(why), self.path.display());
        tracing::error!(%file, "the configuration has changed and cannot be used; {version} stays in force");
        why.to_string().lines().for_each(|problem| tracing::error!("{problem}"));
    }
}

impl Current {
    fn new(version: Version) -> Self {
        Self(Arc::new(watch::Sender::new(version)))
    }

    /// What is in force now. Whoever began with it ends with it.
    pub(crate) fn configuration(&self) -> Arc<Configuration> {
        Arc::clone(&self.0.borrow().configuration)
    }

    /// How it stands, in a line: `ok: FILE as of …`, or `stale: …` with the reason.
    pub(crate) fn standing(&self) -> String {
        let version = self.0.borrow();
        match (&version.stale, &version.from) {
            (Some(stale), _) => format!("stale: {stale}; {} is in force", version.name()),
            (None, Some((path, read))) => format!("ok: {} as of {}", path.display(), written(*read)),
            (None, None) => "ok: built in".to_owned(),
        }
    }

    /// A number that tells configurations apart: replicas with the same one have the same number.
    pub(crate) fn hash(&self) -> f64 {
        self.0.borrow().hash
    }

    fn replace(&self, version: Version) {
        self.0.send_replace(version);
    }

    /// Notes that the file cannot be used; what it is that stays in force.
    fn keep(&self, why: &Error) -> String {
        self.0.send_modify(|version| version.stale = Some(follow::in_a_line(why)));
        self.0.borrow().name()
    }
}

impl Version {
    fn built_in() -> Self {
        Self { configuration: Arc::default(), from: None, hash: 0.0, stale: None }
    }

    /// As a file has it now; what is doubtful about it is in the log.
    ///
    /// # Errors
    /// What is wrong, a line each.
    fn read(path: &Path, content: &Content) -> Result<Self, Error> {
        let shown = path.display();
        let bytes = content.as_ref().map_err(Error::new)?;
        let text = std::str::from_utf8(bytes).map_err(|error| Error::new(format!("{shown}: is not UTF-8: {error}")))?;
        let problems = |problems: Problems| Error::new(problems.lines(&shown.to_string()).join("\n"));
        let document = ConfigurationFile::parse(text).map_err(problems)?;
        document.warnings().warning_lines(&shown.to_string()).iter().for_each(|warning| tracing::warn!("{warning}"));
        let from = Some((path.to_owned(), SystemTime::now()));
        Ok(Self { configuration: Arc::new(document.configuration().clone()), from, hash: hash(bytes), stale: None })
    }

    fn name(&self) -> String {
        self.from
            .as_ref()
            .map_or("the built-in one".to_owned(), |(_, read)| format!("the version of {}", written(*read)))
    }
}

fn look(path: &Path) -> Content {
    follow::read(path, BYTES).map_err(|error| {
        let shown = path.display();
        format!("{shown}: cannot be read: {error}; expected a file such as `podwright config show` prints")
    })
}

/// The first twelve digits of the SHA-256, which a number of a metric holds exactly.
fn hash(bytes: &[u8]) -> f64 {
    let digest = digest(&SHA256, bytes);
    digest.as_ref().iter().take(6).fold(0.0, |number, byte| number * 256.0 + f64::from(*byte))
}
