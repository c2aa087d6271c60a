//! The API server's client, and the names of podwright's objects.

use std::sync::Arc;

use kube::api::{Api, DynamicObject};

use super::destination::Destination;
use super::error::{ANSWER, Error, RequestFailure, answered, with_causes};
use super::kubeconfig::ClusterChoice;
use super::objects::{Object, ObjectKind, WATCH_TIMEOUT, Webhook};
use crate::cert::rotation::SecretData;

/// The names of podwright's objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectNames {
    /// The Secret's namespace; `None` for the process's own namespace.
    pub namespace: Option<String>,
    /// The Secret.
    pub secret: String,
    /// The webhook configurations, one of each kind.
    pub configuration: String,
}

/// A client of one API server, with the names of podwright's objects.
#[derive(Clone)]
pub struct Cluster {
    client: kube::Client,
    destination: Arc<Destination>,
    namespace: String,
    secret: String,
    configuration: String,
}

/// A webhook configuration and its entries.
pub struct ConfigurationWebhooks {
    /// Kind and name, such as `MutatingWebhookConfiguration 00-podwright`.
    pub configuration: String,
    /// The entries; `None` if the configuration does not exist.
    pub webhooks: Option<Vec<Webhook>>,
}

/// Creates a client with podwright's timeouts. Sends nothing yet. Needs a Tokio runtime.
pub(super) fn client(mut config: kube::Config) -> Result<kube::Client, Error> {
    // A watch ends before this by itself. The timeout ends dead connections.
    config.read_timeout = Some(WATCH_TIMEOUT + ANSWER);
    config.connect_timeout = Some(ANSWER);
    kube::Client::try_from(config).map_err(|error| Error::Client(with_causes(&error)))
}

impl Cluster {
    /// Finds the cluster from KUBECONFIG or from the Pod that this process runs in. Sends nothing yet. Needs a Tokio runtime.
    ///
    /// # Errors
    /// If there is neither, or its settings are unusable.
    pub async fn infer(names: ObjectNames) -> Result<Self, Error> {
        Self::choose(ClusterChoice::default(), names).await
    }

    /// Uses a chosen cluster. Sends nothing yet. Needs a Tokio runtime.
    ///
    /// # Errors
    /// If a kubeconfig file is unreadable or unusable, or does not have the context.
    pub async fn choose(choice: ClusterChoice, names: ObjectNames) -> Result<Self, Error> {
        Self::new(choice.config().await?, names)
    }

    fn new((config, destination): (kube::Config, Arc<Destination>), names: ObjectNames) -> Result<Self, Error> {
        let namespace = names.namespace.unwrap_or_else(|| config.default_namespace.clone());
        let client = client(config)?;
        Ok(Self { client, destination, namespace, secret: names.secret, configuration: names.configuration })
    }

    /// Returns the namespace of the Secret and the Service.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Reads the Secret's data; returns nothing if the Secret does not exist.
    ///
    /// # Errors
    /// If the API server does not answer, or podwright may not read the Secret.
    pub async fn secret(&self) -> Result<Option<SecretData>, Error> {
        Ok(self.get(ObjectKind::Secret).await?.map(|secret| secret.data()))
    }

    /// Reads the webhook configurations.
    ///
    /// # Errors
    /// If the API server does not answer, or podwright may not read them.
    pub async fn configurations(&self) -> Result<Vec<ConfigurationWebhooks>, Error> {
        let mut all = Vec::new();
        for kind in ObjectKind::CONFIGURATIONS {
            let webhooks = self.get(kind).await?.map(|configuration| configuration.webhooks());
            all.push(ConfigurationWebhooks { configuration: self.title(kind), webhooks });
        }
        Ok(all)
    }

    pub(super) async fn get(&self, kind: ObjectKind) -> Result<Option<Object>, Error> {
        let found = self.answered(self.api(kind).get_opt(self.name(kind))).await;
        found.map(|found| found.map(Object::new)).map_err(|failure| self.request_error("read", kind, failure))
    }

    pub(super) fn client(&self) -> &kube::Client {
        &self.client
    }

    pub(super) fn destination(&self) -> &Arc<Destination> {
        &self.destination
    }

    /// Waits for an answer.
    pub(super) async fn answered<T>(&self, answer: impl Future<Output = kube::Result<T>>) -> Result<T, RequestFailure> {
        answered(answer, &self.destination).await
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

    /// Returns the object's kind and name, for messages.
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
