//! Events in a cluster: created once, and then only counted.

use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::api::{Patch, PatchParams, PostParams};
use kube::core::Request;
use serde_json::{Value, json};

use super::client::client;
use super::destination::Destination;
use super::error::{Error, RequestFailure, answered};
use super::kubeconfig::ClusterChoice;

/// The controller that all events name, such as for `--field-selector reportingComponent=podwright`.
pub const REPORTING_CONTROLLER: &str = "podwright";
/// The longest `reportingInstance`.
const INSTANCE: usize = 128;

/// A client that writes events, and reads nothing.
pub struct EventWriter {
    client: kube::Client,
    destination: Arc<Destination>,
    instance: String,
}

/// The object that an event is about.
#[derive(Clone, Copy, Debug)]
pub struct Regarding<'e> {
    /// The Namespace, a label.
    pub namespace: &'e str,
    /// The API group and version.
    pub api_version: &'e str,
    /// The kind.
    pub kind: &'e str,
    /// The name.
    pub name: &'e str,
    /// The uid.
    pub uid: &'e str,
}

/// The fields of an event that never change.
#[derive(Clone, Copy, Debug)]
pub struct EventText<'e> {
    /// The object that the event is about.
    pub regarding: Regarding<'e>,
    /// `Normal` or `Warning`.
    pub kind: &'static str,
    /// The reason, in the form of the API.
    pub reason: &'static str,
    /// The note, at most 1024 bytes.
    pub note: &'e str,
}

/// The occurrences of an event so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrences {
    /// The time of the first one.
    pub first: Timestamp,
    /// The time of the last one.
    pub last: Timestamp,
    /// The number.
    pub count: i32,
}

impl EventWriter {
    /// Finds the cluster from KUBECONFIG or from the Pod that this process runs in. Sends nothing yet. Needs a Tokio runtime.
    ///
    /// # Errors
    /// If there is neither, or its settings are unusable.
    pub async fn infer() -> Result<Self, Error> {
        let (config, destination) = ClusterChoice::default().config().await?;
        let client = client(config)?;
        // The Pod's name keeps the events of two replicas apart.
        let name = std::env::var("HOSTNAME").unwrap_or_default();
        let name = if name.is_empty() { REPORTING_CONTROLLER.to_owned() } else { name };
        Ok(Self { client, destination, instance: name.chars().filter(char::is_ascii_graphic).take(INSTANCE).collect() })
    }

    /// Creates an event under this name.
    ///
    /// # Errors
    /// If the API server refuses it or does not answer.
    pub async fn create(
        &self,
        name: &str,
        text: &EventText<'_>,
        occurrences: Occurrences,
    ) -> Result<(), RequestFailure> {
        let body = serde_json::to_vec(&self.event(name, text, occurrences));
        let body = body.map_err(|error| RequestFailure::Refused(error.to_string()))?;
        let request = Request::new(path(text.regarding)).create(&PostParams::default(), body);
        self.send(request).await
    }

    /// Updates the number of occurrences of an event with this name.
    ///
    /// # Errors
    /// If the API server has dropped the event, refuses the change or does not answer.
    pub async fn repeat(
        &self,
        name: &str,
        regarding: Regarding<'_>,
        occurrences: Occurrences,
    ) -> Result<(), RequestFailure> {
        let patch = Patch::Merge(json!({"series": series(occurrences)}));
        self.send(Request::new(path(regarding)).patch(name, &PatchParams::default(), &patch)).await
    }

    async fn send<E: std::fmt::Display>(
        &self,
        request: Result<hyper::Request<Vec<u8>>, E>,
    ) -> Result<(), RequestFailure> {
        let request = request.map_err(|error| RequestFailure::Refused(error.to_string()))?;
        answered(self.client.request_text(request), &self.destination).await.map(drop)
    }

    fn event(&self, name: &str, text: &EventText<'_>, occurrences: Occurrences) -> Value {
        let EventText { regarding, kind, reason, note } = *text;
        let Regarding { namespace, api_version, kind: regarding_kind, name: regarding_name, uid } = regarding;
        let mut event = json!({
            "apiVersion": "events.k8s.io/v1", "kind": "Event",
            "metadata": {"name": name, "namespace": namespace},
            "eventTime": MicroTime(occurrences.first),
            "reportingController": REPORTING_CONTROLLER, "reportingInstance": self.instance,
            "action": "Inject", "reason": reason, "type": kind, "note": note,
            "regarding": {"apiVersion": api_version, "kind": regarding_kind, "namespace": namespace,
                "name": regarding_name, "uid": uid},
        });
        if let Some(fields) = event.as_object_mut().filter(|_| occurrences.count > 1) {
            fields.insert("series".to_owned(), series(occurrences));
        }
        event
    }
}

fn path(regarding: Regarding<'_>) -> String {
    format!("/apis/events.k8s.io/v1/namespaces/{}/events", regarding.namespace)
}

fn series(Occurrences { last, count, .. }: Occurrences) -> Value {
    json!({"count": count, "lastObservedTime": MicroTime(last)})
}
