//! The API server as podwright needs it: one Secret and the webhook configurations of one name, which are watched and patched.
//!
//! What is to be written is `cert::keeper`'s decision; here it is carried there and back. By name alone: the rights in
//! manifests/rbac.yaml are for these objects and no others, and nothing is ever created or deleted. Never here: what is
//! served, and the data of a Secret in a log or an error.

mod follow;
mod keep;
mod objects;
mod version;

pub use keep::{Audience, CA_BUNDLE, Keeper, Outcome};
pub use objects::{Entry, Object};
pub use version::Version;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use kube::api::{Api, DynamicObject};
use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};
use serde_saphyr::Location;

use crate::cert::keeper::Data;
use objects::Kind;

/// An API server that is there answers in milliseconds; what is served does not wait for one that is not.
const ANSWER: Duration = Duration::from_secs(10);

/// Why the API server did not do it: a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// What the objects are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The Secret's namespace; absent for the one that the process runs in.
    pub namespace: Option<String>,
    /// The Secret.
    pub secret: String,
    /// The webhook configurations, one of each kind.
    pub configuration: String,
}

/// An API server, and the objects there.
#[derive(Clone)]
pub struct Cluster {
    client: kube::Client,
    namespace: String,
    secret: String,
    configuration: String,
}

impl Cluster {
    /// The cluster that this process runs in, or the one that KUBECONFIG names. Nothing is sent yet. Within a runtime alone.
    ///
    /// # Errors
    /// Where there is neither, or what is there cannot be used.
    pub async fn infer(place: Place) -> Result<Self, Error> {
        let config = kube::Config::infer().await.map_err(|error| {
            Error(format!(
                "no cluster: {}. Expected a Pod with the token of its ServiceAccount mounted, or KUBECONFIG with the path of a \
                 kubeconfig file",
                chain(&error)
            ))
        })?;
        Self::new(config, place)
    }

    /// The one that a kubeconfig file names.
    ///
    /// # Errors
    /// Where the file cannot be read or used.
    pub async fn from_kubeconfig(path: &Path, place: Place) -> Result<Self, Error> {
        let sentence = |error: &dyn std::error::Error| {
            Error(format!("{}: {}. Expected a kubeconfig file, as kubectl reads it", path.display(), chain(error)))
        };
        let kubeconfig = Kubeconfig::read_from(path).map_err(|error| match error {
            KubeconfigError::Parse(error) => sentence(&NoKubeconfig(error.location())),
            error => sentence(&error),
        })?;
        let config = kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
        Self::new(config.map_err(|error| sentence(&error))?, place)
    }

    fn new(mut config: kube::Config, place: Place) -> Result<Self, Error> {
        // A watch ends before that by itself; this is for a connection that died without a word.
        config.read_timeout = Some(follow::WATCHED + ANSWER);
        config.connect_timeout = Some(ANSWER);
        let namespace = place.namespace.unwrap_or_else(|| config.default_namespace.clone());
        let client = kube::Client::try_from(config).map_err(|error| Error(format!("no cluster: {}", chain(&error))))?;
        Ok(Self { client, namespace, secret: place.secret, configuration: place.configuration })
    }

    /// The Secret's namespace, which is the Service's too.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The Secret's data; nothing where there is no Secret.
    ///
    /// # Errors
    /// Where the API server does not answer, or does not let us read it.
    pub async fn secret(&self) -> Result<Option<Data>, Error> {
        Ok(self.get(Kind::Secret).await?.map(|secret| secret.data()))
    }

    /// The entries of the webhook configurations, with what each is called; nothing for one that is not there.
    ///
    /// # Errors
    /// Where the API server does not answer, or does not let us read them.
    pub async fn configurations(&self) -> Result<Vec<(String, Option<Vec<Entry>>)>, Error> {
        let mut found = Vec::new();
        for kind in Kind::CONFIGURATIONS {
            let entries = self.get(kind).await?.map(|configuration| configuration.entries());
            found.push((self.told(kind), entries));
        }
        Ok(found)
    }

    async fn get(&self, kind: Kind) -> Result<Option<Object>, Error> {
        let found = answered(self.api(kind).get_opt(self.name(kind))).await;
        found.map(|found| found.map(Object::new)).map_err(|error| self.failed("read", kind, &error))
    }

    fn api(&self, kind: Kind) -> Api<DynamicObject> {
        match kind {
            Kind::Secret => Api::namespaced_with(self.client.clone(), &self.namespace, &kind.resource()),
            Kind::Mutating | Kind::Validating => Api::all_with(self.client.clone(), &kind.resource()),
        }
    }

    fn name(&self, kind: Kind) -> &str {
        match kind {
            Kind::Secret => &self.secret,
            Kind::Mutating | Kind::Validating => &self.configuration,
        }
    }

    /// As a sentence names it.
    fn told(&self, kind: Kind) -> String {
        match kind {
            Kind::Secret => format!("Secret {}/{}", self.namespace, self.secret),
            Kind::Mutating | Kind::Validating => format!("{} {}", kind.word(), self.configuration),
        }
    }

    fn failed(&self, what: &str, kind: Kind, failure: &Failure) -> Error {
        Error(format!("cannot {what} {}: {failure}", self.told(kind)))
    }
}

/// What came instead of an answer.
enum Failure {
    /// The API server has a newer version, or cannot make sense of the change: most likely somebody else was faster.
    Conflict(String),
    Other(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Conflict(why) | Self::Other(why)) = self;
        formatter.write_str(why)
    }
}

impl From<kube::Error> for Failure {
    fn from(error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) if matches!(status.code, 409 | 422) => Self::Conflict(status.message),
            kube::Error::Api(status) => Self::Other(status.message),
            other => Self::Other(chain(&other)),
        }
    }
}

async fn answered<T>(answer: impl Future<Output = kube::Result<T>>) -> Result<T, Failure> {
    match tokio::time::timeout(ANSWER, answer).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Failure::Other(format!("the API server did not answer within {} s", ANSWER.as_secs()))),
    }
}

/// A file that is none, and where: the reader's own words would show the line, which may be the one with the token.
#[derive(Debug)]
struct NoKubeconfig(Option<Location>);

impl fmt::Display for NoKubeconfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(at) => write!(formatter, "not understood at line {}, column {}", at.line(), at.column()),
            None => formatter.write_str("not understood"),
        }
    }
}

impl std::error::Error for NoKubeconfig {}

/// The error and its causes; each once, because most repeat theirs.
fn chain(error: &dyn std::error::Error) -> String {
    let mut sentence = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_told = cause.to_string();
        if !sentence.contains(&cause_told) {
            sentence.push_str(&format!(": {cause_told}"));
        }
        source = cause.source();
    }
    sentence
}
