//! The facts that all steps share.

use serde_json::Value;

use super::error::WhyError;
use super::subject::Subject;
use crate::cluster::ClusterReader;
use crate::inspect::finding::Finding;
use crate::inspect::installed::Installed;
use crate::inspect::pod::LivePod;
use crate::inspect::source::Source;
use crate::inspect::state::ClusterState;
use crate::inspect::webhook::{Call, Entry, Route};
use crate::profile::OptIn;

/// The object that a remedy changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Changed {
    /// The Pod's top owner.
    Workload,
    /// The Namespace.
    Namespace,
}

/// The facts about one subject.
pub(super) struct Walk<'w> {
    pub(super) reader: &'w ClusterReader,
    pub(super) subject: &'w Subject,
    pub(super) state: &'w ClusterState,
    pub(super) installed: &'w Installed,
    /// The Pod that asks: the live one, one from the template, or a canary of the Namespace.
    pub(super) pod: LivePod<'w>,
    /// The same as a tree.
    pub(super) pod_value: Value,
}

impl<'w> Walk<'w> {
    /// Reads the asking Pod.
    pub(super) fn new(
        reader: &'w ClusterReader,
        subject: &'w Subject,
        (state, installed): (&'w ClusterState, &'w Installed),
        json: &'w str,
    ) -> Result<Self, WhyError> {
        let not_a_pod = |error: serde_json::Error| WhyError::NotAPod(subject.title(), error.to_string());
        let pod = LivePod::parse(json).map_err(not_a_pod)?;
        let pod_value = serde_json::from_str(json).map_err(not_a_pod)?;
        Ok(Self { reader, subject, state, installed, pod, pod_value })
    }

    /// Iterates over the Pod's annotations.
    pub(super) fn annotations(&self) -> impl Iterator<Item = (&str, &str)> {
        let map = self.pod_value.get("metadata").and_then(|metadata| metadata.get("annotations")?.as_object());
        map.into_iter().flatten().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
    }

    /// Adds a detail to a finding if Argo CD or Flux applies the object that the remedy changes.
    pub(super) fn with_source(&self, changed: Changed, finding: Finding) -> Finding {
        let (name, object) = match (changed, self.subject.workload()) {
            (Changed::Workload, Some(workload)) => (workload.name.to_string(), &workload.object),
            (Changed::Workload, None) => return finding,
            (Changed::Namespace, _) => {
                (format!("the Namespace {}", self.subject.namespace), &self.subject.namespace_object)
            }
        };
        let source = object.seen().map(Source::of_json);
        match source.as_ref().and_then(Source::in_git) {
            Some(title) => finding
                .detail(format!("{title} applies {name}. Make the same change in Git. Otherwise it is reverted.")),
            None => finding,
        }
    }

    /// Returns the entry that calls podwright for the Pod, as far as it is known.
    pub(super) fn entry(&self) -> Option<&Entry> {
        match self.state.call(&self.pod) {
            Call::By(entry) => Some(entry),
            _ => None,
        }
    }

    /// Returns the opt-in that the entry states to podwright.
    pub(super) fn opt_in(&self) -> OptIn<'_> {
        match self.entry().map(|entry| &entry.route) {
            Some(Route::Profile(profile)) => OptIn::Namespace { profile },
            _ => OptIn::Pod,
        }
    }
}
