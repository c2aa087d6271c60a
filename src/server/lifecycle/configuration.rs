//! The current configuration, from a file that is read at the start and after each change.
//!
//! An unusable version is refused as a whole, and the previous one stays in use.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;

use super::follow::{self, Content, FileSource, Follower};
use super::health::{Check, CheckStatus};
use super::shutdown::Stop;
use crate::cert::written;
use crate::cluster::configuration_hash;
use crate::profile::file::ConfigurationFile;
use crate::profile::{Configuration, PreStopAction};
use crate::server::error::Error;
use crate::server::metrics::Reloads;

/// The configuration, and the file to follow for it.
pub struct ConfigurationSource {
    current: CurrentConfiguration,
    follower: Option<Follower<FollowedConfiguration, 1>>,
}

/// The configuration in use; clones share it.
#[derive(Clone)]
pub(crate) struct CurrentConfiguration(Arc<watch::Sender<ConfigurationVersion>>);

struct ConfigurationVersion {
    configuration: Arc<Configuration>,
    /// The file and the time of its reading; absent for the built-in configuration.
    read: Option<(PathBuf, SystemTime)>,
    hash: f64,
    /// The reason why the file's present content is not in use.
    stale: Option<String>,
}

struct FollowedConfiguration {
    path: PathBuf,
    current: CurrentConfiguration,
}

impl ConfigurationSource {
    /// Returns the built-in configuration, which never changes.
    pub fn built_in() -> Self {
        let version = ConfigurationVersion { configuration: Arc::default(), read: None, hash: 0.0, stale: None };
        Self { current: CurrentConfiguration::new(version), follower: None }
    }

    /// Reads a file, and again at each interval.
    ///
    /// # Errors
    /// The file cannot be used; every problem is one line.
    pub fn from_file(path: &Path, interval: Duration) -> Result<Self, Error> {
        let content = follow::read(path);
        let version =
            ConfigurationVersion::parse(path, &content).map_err(|error| Error::Configuration(Box::new(error)))?;
        let current = CurrentConfiguration::new(version);
        let file = FollowedConfiguration { path: path.to_owned(), current: current.clone() };
        Ok(Self { current, follower: Some(Follower::new(file, [content], interval)) })
    }

    /// Returns the configured `preStop` action.
    pub fn pre_stop_action(&self) -> PreStopAction {
        self.current.configuration().pre_stop_action
    }

    pub(crate) fn current(&self) -> CurrentConfiguration {
        self.current.clone()
    }

    pub(crate) async fn follow(self, stop: Stop, reloads: Reloads) {
        if let Some(follower) = self.follower {
            follower.follow(stop, reloads).await;
        }
    }
}

impl FileSource<1> for FollowedConfiguration {
    const NAME: &'static str = "the configuration file";

    fn paths(&self) -> [&Path; 1] {
        [&self.path]
    }

    fn apply(&self, [content]: &[Content; 1]) -> Result<String, Error> {
        let version = ConfigurationVersion::parse(&self.path, content)?;
        let name = version.name();
        self.current.0.send_replace(version);
        Ok(name)
    }

    fn reject(&self, reason: String) {
        self.current.0.send_modify(|version| version.stale = Some(reason));
    }
}

impl CurrentConfiguration {
    fn new(version: ConfigurationVersion) -> Self {
        Self(Arc::new(watch::Sender::new(version)))
    }

    /// Returns the present configuration. A review keeps it to its end.
    pub(crate) fn configuration(&self) -> Arc<Configuration> {
        Arc::clone(&self.0.borrow().configuration)
    }

    /// Returns the check of readiness, which always passes: `ok: FILE as of …`, or `stale: …` with the reason.
    pub(crate) fn check(&self) -> Check {
        let version = self.0.borrow();
        let status = match (&version.stale, &version.read) {
            (Some(stale), _) => format!("stale: {stale}; {} is in use", version.name()),
            (None, Some((path, at))) => format!("ok: {} as of {}", path.display(), written(*at)),
            (None, None) => "ok: built in".to_owned(),
        };
        ("configuration", CheckStatus::Passed(status))
    }

    /// Returns a number that is equal for equal files, to compare replicas.
    pub(crate) fn hash(&self) -> f64 {
        self.0.borrow().hash
    }
}

impl ConfigurationVersion {
    /// Parses the content of a file, and logs its warnings.
    fn parse(path: &Path, content: &Content) -> Result<Self, Error> {
        let file = path.to_owned();
        let bytes = content.as_ref().map_err(|error| Error::ConfigurationUnreadable(file.clone(), error.clone()))?;
        let text = std::str::from_utf8(bytes).map_err(|error| Error::ConfigurationNotUtf8(file.clone(), error))?;
        let document =
            ConfigurationFile::parse(text).map_err(|problems| Error::ConfigurationInvalid(file.clone(), problems))?;
        let name = path.display().to_string();
        document.warnings().warning_lines(&name).iter().for_each(|warning| tracing::warn!("{warning}"));
        let configuration = Arc::new(document.configuration().clone());
        Ok(Self { configuration, read: Some((file, SystemTime::now())), hash: configuration_hash(bytes), stale: None })
    }

    fn name(&self) -> String {
        let name = |(_, at): &(PathBuf, SystemTime)| format!("the version of {}", written(*at));
        self.read.as_ref().map_or("the built-in configuration".to_owned(), name)
    }
}
