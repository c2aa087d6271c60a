//! A controller of Pods, without its template: its owner, and the number of its missing Pods.

use serde::Deserialize;

use super::name::WorkloadName;
use crate::inspect::pod::OwnerReference;

/// A ReplicaSet, ReplicationController, StatefulSet, DaemonSet or Job.
#[derive(Debug, Deserialize)]
pub struct Controller<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    #[serde(default)]
    spec: Spec,
    #[serde(default)]
    status: Status,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    name: String,
    #[serde(default)]
    namespace: String,
    #[serde(borrow, default)]
    owner_references: Vec<OwnerReference<'a>>,
}

#[derive(Debug, Default, Deserialize)]
struct Spec {
    replicas: Option<u64>,
    parallelism: Option<u64>,
    completions: Option<u64>,
    suspend: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    replicas: u64,
    active: u64,
    succeeded: u64,
    desired_number_scheduled: u64,
    current_number_scheduled: u64,
    conditions: Vec<Condition>,
}

#[derive(Debug, Deserialize)]
struct Condition {
    r#type: String,
    status: String,
    #[serde(default)]
    message: String,
}

impl<'a> Controller<'a> {
    /// Reads a controller from JSON.
    ///
    /// # Errors
    /// If the JSON is no controller of Pods.
    pub fn parse(json: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Returns the namespace.
    pub fn namespace(&self) -> &str {
        &self.metadata.namespace
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// Returns the object that created this one, if any.
    pub fn owner(&self) -> Option<WorkloadName> {
        self.owner_reference().map(WorkloadName::of_reference)
    }

    /// Returns the reference to that object.
    pub fn owner_reference(&self) -> Option<&OwnerReference<'a>> {
        OwnerReference::top(&self.metadata.owner_references)
    }

    /// Returns whether it has Pods, or should have some.
    pub fn is_in_use(&self) -> bool {
        let Status { replicas, active, .. } = &self.status;
        self.spec.replicas != Some(0) || *replicas > 0 || *active > 0
    }

    /// Returns the number of Pods that it still has to create, for a controller of this kind.
    pub fn missing(&self, kind: &str) -> u64 {
        let Self { spec, status, .. } = self;
        let (wanted, there) = match kind {
            "Job" if spec.suspend == Some(true) || self.is_over() => (0, 0),
            "Job" => {
                let open = spec.completions.map(|completions| completions.saturating_sub(status.succeeded));
                let parallel = spec.parallelism.unwrap_or(1);
                (open.map_or(parallel, |open| open.min(parallel)), status.active)
            }
            "DaemonSet" => (status.desired_number_scheduled, status.current_number_scheduled),
            _ => (spec.replicas.unwrap_or(1), status.replicas),
        };
        wanted.saturating_sub(there)
    }

    /// Returns the messages of conditions about Pods that could not be created.
    pub fn failures(&self) -> impl Iterator<Item = &str> {
        let failures = self.status.conditions.iter().filter(|condition| condition.status == "True");
        let failures = failures.filter(|condition| ["ReplicaFailure", "FailureTarget"].contains(&&*condition.r#type));
        failures.map(|condition| condition.message.as_str())
    }

    fn is_over(&self) -> bool {
        let over = |it: &Condition| it.status == "True" && ["Complete", "Failed"].contains(&it.r#type.as_str());
        self.status.conditions.iter().any(over)
    }
}
