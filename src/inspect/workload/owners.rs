//! The top owners of Pods: a Deployment for its ReplicaSet's Pods, a CronJob for its Job's.

use std::collections::HashMap;

use super::controller::Controller;
use super::name::WorkloadName;
use crate::inspect::pod::LivePod;

/// The owners of ReplicaSets, Jobs and ReplicationControllers, by their namespace and name.
#[derive(Debug, Default)]
pub struct Owners {
    of: HashMap<String, HashMap<WorkloadName, WorkloadName>>,
}

impl Owners {
    /// Takes the owner of a controller of this group and kind.
    pub fn take(&mut self, (group, kind): (&str, &str), controller: &Controller<'_>) {
        if let Some(owner) = controller.owner() {
            let own = WorkloadName::new(group, kind, controller.name());
            self.of.entry(controller.namespace().to_owned()).or_default().insert(own, owner);
        }
    }

    /// Returns the top owner of a Pod, or the Pod itself. Kinds that were not read count as the top, and so do nodes: their
    /// Pods belong to a file of the node.
    pub fn top(&self, pod: &LivePod<'_>) -> WorkloadName {
        let owner = pod.owner().map(WorkloadName::of_reference).filter(|owner| !owner.is("", "Node"));
        let own = || WorkloadName::new("", "Pod", pod.name());
        owner.map_or_else(own, |owner| self.above(pod.namespace(), owner))
    }

    /// Returns the owner of a workload, or the workload itself.
    pub fn above(&self, namespace: &str, workload: WorkloadName) -> WorkloadName {
        self.of.get(namespace).and_then(|of| of.get(&workload)).cloned().unwrap_or(workload)
    }
}
