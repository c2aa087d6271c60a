//! The client: an API server, and the names of podwright's objects there.

use std::path::Path;

use kube::api::{Api, DynamicObject};
use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};

use super::error::{ANSWER, Error, RequestFailure, answered, with_causes};
use super::objects::{Object, ObjectKind, WATCH_TIMEOUT, Webhook};
use crate::cert::rotation::SecretData;

/// The names of the objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectNames {
    /// The Secret's namespace; absent for the one that the process runs in.
    pub namespace: Option<String>,
    /// The Secret.
    pub secret: String,
    /// The webhook configurations, one of each kind.
    pub configuration: String,
}

/// An API server, and podwright's objects there.
#[derive(Clone)]
pub struct Cluster {
    client: kube::Client,
    namespace: String,
    secret: String,
    configuration: String,
}

/// A webhook configuration, by kind and name.
pub struct ConfigurationWebhooks {
    /// Such as `MutatingWebhookConfiguration 00-podwright`.
    pub configuration: String,
    /// Its entries; `None` where it does not exist.
    pub webhooks: Option<Vec<Webhook>>,
}

impl Cluster {
    /// Finds the cluster that this process runs in, or that KUBECONFIG names. Sends nothing yet. Works within a runtime alone.
    ///
    /// # Errors
    /// Where there is neither, or its settings cannot be used.
    pub async fn infer(names: ObjectNames) -> Result<Self, Error> {
        let config = kube::Config::infer().await.map_err(|error| Error::NotInferred(with_causes(&error)))?;
        Self::new(config, names)
    }

    /// Reads a kubeconfig file.
    ///
    /// # Errors
    /// Where the file cannot be read or used.
    pub async fn from_kubeconfig(path: &Path, names: ObjectNames) -> Result<Self, Error> {
        let unusable = |reason: String| Error::Kubeconfig { path: path.to_owned(), reason };
        let kubeconfig = Kubeconfig::read_from(path).map_err(|error| unusable(reason(&error)))?;
        let config = kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
        Self::new(config.map_err(|error| unusable(with_causes(&error)))?, names)
    }

    fn new(mut config: kube::Config, names: ObjectNames) -> Result<Self, Error> {
        // A watch ends earlier by itself; this is for a dead connection.
        config.read_timeout = Some(WATCH_TIMEOUT + ANSWER);
        config.connect_timeout = Some(ANSWER);
        let namespace = names.namespace.unwrap_or_else(|| config.default_namespace.clone());
        let client = kube::Client::try_from(config).map_err(|error| Error::Client(with_causes(&error)))?;
        Ok(Self { client, namespace, secret: names.secret, configuration: names.configuration })
    }

    /// Returns the namespace of the Secret and of the Service.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Reads the Secret's data; nothing where there is no Secret.
    ///
    /// # Errors
    /// Where the API server does not answer, or does not let podwright read it.
    pub async fn secret(&self) -> Result<Option<SecretData>, Error> {
        Ok(self.get(ObjectKind::Secret).await?.map(|secret| secret.data()))
    }

    /// Reads the webhook configurations.
    ///
    /// # Errors
    /// Where the API server does not answer, or does not let podwright read them.
    pub async fn configurations(&self) -> Result<Vec<ConfigurationWebhooks>, Error> {
        let mut all = Vec::new();
        for kind in ObjectKind::CONFIGURATIONS {
            let webhooks = self.get(kind).await?.map(|configuration| configuration.webhooks());
            all.push(ConfigurationWebhooks { configuration: self.title(kind), webhooks });
        }
        Ok(all)
    }

    pub(super) async fn get(&self, kind: ObjectKind) -> Result<Option<Object>, Error> {
        let found = answered(self.api(kind).get_opt(self.name(kind))).await;
        found.map(|found| found.map(Object::new)).map_err(|failure| self.request_error("read", kind, failure))
    }

    pub(super) fn client(&self) -> &kube::Client {
        &self.client
    }

    pub(super) fn api(&self, kind: ObjectKind) -> Api<DynamicObject> {
        match kind {
            ObjectKind::Secret => Api::namespaced_with(self.client.clone(), &self.namespace, &kind.resource()),
            ObjectKind::Mutating | ObjectKind::Validating => Api::all_with(self.client.clone(), &kind.resource()),
        }
    }

    pub(super) fn name(&self, kind: ObjectKind) -> &str {
        match kind {
            ObjectKind::Secret => &self.secret,
            ObjectKind::Mutating | ObjectKind::Validating => &self.configuration,
        }
    }

    /// Returns the object's kind and name, for a sentence.
    pub(super) fn title(&self, kind: ObjectKind) -> String {
        match kind {
            ObjectKind::Secret => format!("Secret {}/{}", self.namespace, self.secret),
            ObjectKind::Mutating | ObjectKind::Validating => format!("{} {}", kind.word(), self.configuration),
        }
    }

    pub(super) fn request_error(&self, verb: &'static str, kind: ObjectKind, failure: RequestFailure) -> Error {
        Error::Request { verb, object: self.title(kind), failure }
    }
}

/// Describes why a kubeconfig file is unusable. The parser's own words would show the line, which may hold the token.
fn reason(error: &KubeconfigError) -> String {
    match error {
        KubeconfigError::Parse(error) => match error.location() {
            Some(at) => format!("not understood at line {}, column {}", at.line(), at.column()),
            None => "not understood".to_owned(),
        },
        error => with_causes(error),
    }
}
