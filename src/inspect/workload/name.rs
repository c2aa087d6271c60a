//! The name of a workload.

use std::fmt;

use crate::inspect::pod::OwnerReference;

/// A workload, or a Pod without one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkloadName {
    /// The kind, such as `Deployment`.
    pub kind: String,
    /// The API group, such as `apps`; empty for the core group.
    pub group: String,
    /// The name.
    pub name: String,
}

impl WorkloadName {
    /// Makes the name of a workload.
    pub fn new(group: impl Into<String>, kind: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: kind.into(), group: group.into(), name: name.into() }
    }

    /// Returns the name of a reference, without the version.
    pub fn of_reference(reference: &OwnerReference<'_>) -> Self {
        let group = reference.api_version.split_once('/').map_or("", |(group, _)| group);
        Self::new(group, reference.kind.as_ref(), reference.name.as_ref())
    }

    /// Returns whether this is the kind of this group and name.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        (self.group.as_str(), self.kind.as_str()) == (group, kind)
    }

    /// Returns whether `kubectl rollout restart` accepts the kind.
    pub fn can_be_restarted(&self) -> bool {
        self.group == "apps" && ["Deployment", "StatefulSet", "DaemonSet"].contains(&self.kind.as_str())
    }
}

/// Formats the name as `kubectl get -o name` does: `deployment.apps/web`.
impl fmt::Display for WorkloadName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dot = if self.group.is_empty() { "" } else { "." };
        write!(formatter, "{}{dot}{}/{}", self.kind.to_lowercase(), self.group, self.name)
    }
}
