//! Pods that do not exist because podwright denied them. Only their controllers tell: by conditions, or by events.

use serde::Deserialize;

use super::name::WorkloadName;
use crate::inspect::webhook::Entries;
use crate::text::sentence;

/// Denied Pods of one workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The namespace.
    pub namespace: String,
    /// The top owner.
    pub workload: WorkloadName,
    /// The number of Pods that the controller still has to create.
    pub pods: u64,
    /// podwright's message.
    pub message: String,
}

/// An event with the reason `FailedCreate`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedCreate {
    involved_object: Involved,
    #[serde(default)]
    message: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Involved {
    api_version: String,
    kind: String,
    namespace: String,
    name: String,
}

impl FailedCreate {
    /// Reads an event from JSON.
    ///
    /// # Errors
    /// If the JSON is no event.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Returns the namespace, the controller and podwright's message, if podwright denied its Pod.
    pub fn denial(self, entries: &Entries) -> Option<(String, WorkloadName, String)> {
        let message = denial_message(&self.message, entries)?;
        let Involved { api_version, kind, namespace, name } = self.involved_object;
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        Some((namespace, WorkloadName::new(group, kind, name), message))
    }
}

/// Returns podwright's part of an API server's message about a Pod that it did not create; nothing if another webhook or a
/// policy refused the Pod.
pub fn denial_message(message: &str, entries: &Entries) -> Option<String> {
    let quoted = |start: &str| {
        let (_, rest) = message.split_once(start)?;
        let (name, rest) = rest.split_once('"')?;
        let ours = name.ends_with(".podwright.dev") || entries.iter().any(|entry| entry.name == name);
        ours.then_some(rest)
    };
    if let Some(rest) = quoted("admission webhook \"") {
        return Some(on_one_line(rest.strip_prefix(" denied the request: ").unwrap_or(rest)));
    }
    let rest = quoted("failed calling webhook \"")?;
    Some(on_one_line(&format!("podwright did not answer{rest}")))
}

fn on_one_line(message: &str) -> String {
    let message = message.replacen(":\n- ", ": ", 1).replace("\n- ", "; ");
    sentence(&message.split_whitespace().collect::<Vec<_>>().join(" "))
}
