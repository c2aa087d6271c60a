//! Edits in, RFC 6902 out: the only place that makes a JSON pointer.
//!
//! Few and small operations, `add` and `replace` alone: what is missing is added with its missing parents in one
//! operation, what is there is never repeated. A patch made here always applies to the Pod that it was made for.

mod operations;
mod reading;

use std::ops::RangeFrom;

use k8s_openapi::api::core::v1::{DownwardAPIVolumeSource, EnvVar, LifecycleHandler, Probe, VolumeMount};
use serde::Serialize;

use super::Draft;
use super::pod::{Container, Field, Pod, Slot};
use crate::annotation::STATUS;
use crate::annotation::amounts::Amount;
use crate::annotation::downward::{Resource, Section};
use crate::annotation::paths::{MessagePath, MessagePolicy};
use crate::annotation::probe::Kind;
use operations::{Addition, Segment};
pub use reading::{Act, Operation, steps};

/// The only things that a feature can do to a container. None removes or replaces what an author wrote: each is for where
/// there is nothing, or what the API server puts where there is nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum InContainer {
    /// A variable, before those that are there; several in their order.
    Env(EnvVar),
    /// A mount, behind those that are there.
    Mount(VolumeMount),
    /// An entry of `resources.requests` or `resources.limits`.
    Amount(Section, Resource, Amount),
    /// `terminationMessagePath`
    MessagePath(MessagePath),
    /// `terminationMessagePolicy`
    MessagePolicy(MessagePolicy),
    /// `startupProbe`, `readinessProbe` or `livenessProbe`.
    Probe(Kind, Probe),
    /// `lifecycle.preStop`
    PreStop(LifecycleHandler),
}

/// The only things that a feature can do to the Pod as a whole, by the same rule.
#[derive(Clone, Debug, PartialEq)]
pub enum InPod {
    /// A volume, behind those that are there.
    Volume(DownwardApiVolume),
    /// `spec.terminationGracePeriodSeconds`
    GracePeriod(i64),
    /// The status annotation.
    Status(String),
}

/// A volume of the Downward API; the API's own type has room for thirty other kinds, three kilobytes of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DownwardApiVolume {
    /// Unique in the Pod.
    pub name: &'static str,
    /// What is in it.
    #[serde(rename = "downwardAPI")]
    pub source: DownwardAPIVolumeSource,
}

/// Where the Pod stands in the document that is patched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// The document is the Pod.
    Pod,
    /// The document is a workload with the Pod template at `spec.template`.
    PodTemplate,
    /// The document is a CronJob, with the Pod template in that of its Jobs.
    CronJobTemplate,
}

impl Root {
    /// A JSON pointer (RFC 6901) to the Pod or the Pod template.
    pub fn pointer(self) -> &'static str {
        match self {
            Self::Pod => "",
            Self::PodTemplate => "/spec/template",
            Self::CronJobTemplate => "/spec/jobTemplate/spec/template",
        }
    }
}

/// A JSON patch (RFC 6902), as JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch(Vec<u8>);

impl Patch {
    /// The patch as JSON: an array of operations.
    pub fn as_json(&self) -> &[u8] {
        &self.0
    }

    /// The patch as JSON: an array of operations.
    pub fn into_json(self) -> Vec<u8> {
        self.0
    }
}

/// The patch that makes these edits; `None` where there are none.
///
/// # Errors
/// None that is known: every value that an edit can hold has a form in JSON.
pub(super) fn render(pod: &Pod<'_>, draft: &Draft<'_>, root: Root) -> Result<Option<Patch>, serde_json::Error> {
    let mut additions: Vec<Addition<'_>> = Vec::new();
    for (slot, edits) in draft.in_containers() {
        let Some(container) = pod.container(slot) else { continue };
        let mut variables = 0..;
        for (nth, edit) in edits.iter().enumerate() {
            let (rest, there, leaf) = in_container(container, edit, (&mut variables, nth));
            additions.push(Addition { there: CONTAINER + depth(&there), path: path_of(slot, &rest), leaf });
        }
    }
    for (nth, edit) in draft.in_pod().iter().enumerate() {
        let (path, there, leaf) = in_pod(pod, edit, nth);
        additions.push(Addition { there: depth(&there), path, leaf });
    }
    if additions.is_empty() {
        return Ok(None);
    }
    operations::write(additions, root.pointer()).map(|json| Some(Patch(json)))
}

/// What an edit puts at its place.
#[derive(Clone, Copy, Serialize)]
#[serde(untagged)]
pub(super) enum Leaf<'e> {
    Variable(&'e EnvVar),
    Mount(&'e VolumeMount),
    Volume(&'e DownwardApiVolume),
    Probe(&'e Probe),
    Handler(&'e LifecycleHandler),
    Number(i64),
    Text(&'e str),
}

/// A path, which of its segments are there, and what is to be put at its end.
type Place<'e> = (Vec<Segment>, Vec<bool>, Leaf<'e>);

/// Items of one list keep the order of their edits: `variables` counts those at the front, where the index itself matters,
/// and `nth` all edits of the container.
fn in_container<'e>(
    container: &Container<'_>,
    edit: &'e InContainer,
    (variables, nth): (&mut RangeFrom<usize>, usize),
) -> Place<'e> {
    use Segment::Key;

    match edit {
        InContainer::Env(variable) => {
            let path = vec![Key("env"), Segment::Index(variables.next().unwrap_or_default())];
            (path, vec![!container.env.0.is_empty()], Leaf::Variable(variable))
        }
        InContainer::Mount(mount) => {
            let there = !container.volume_mounts.0.is_empty();
            (vec![Key("volumeMounts"), Segment::End(nth)], vec![there], Leaf::Mount(mount))
        }
        InContainer::Amount(section, resource, amount) => {
            let resources = container.resources.as_ref();
            let there = vec![resources.is_some(), resources.is_some_and(|resources| resources.has(*section))];
            (vec![Key("resources"), Key(section.as_str()), Key(resource.as_str())], there, Leaf::Text(amount.as_str()))
        }
        InContainer::MessagePath(path) => {
            let there = container.termination_message_path.is_present();
            (vec![Key("terminationMessagePath")], vec![there], Leaf::Text(path.as_str()))
        }
        InContainer::MessagePolicy(policy) => {
            let there = container.termination_message_policy.is_present();
            (vec![Key("terminationMessagePolicy")], vec![there], Leaf::Text(policy.as_str()))
        }
        InContainer::Probe(kind, probe) => (vec![Key(kind.field())], vec![], Leaf::Probe(probe)),
        InContainer::PreStop(handler) => {
            (vec![Key("lifecycle"), Key("preStop")], vec![container.lifecycle.is_present()], Leaf::Handler(handler))
        }
    }
}

fn in_pod<'e>(pod: &Pod<'_>, edit: &'e InPod, nth: usize) -> Place<'e> {
    use Segment::Key;

    let spec = pod.spec.as_ref();
    match edit {
        InPod::Volume(volume) => {
            let there = vec![spec.is_some(), !pod.volumes().is_empty()];
            (vec![Key("spec"), Key("volumes"), Segment::End(nth)], there, Leaf::Volume(volume))
        }
        InPod::GracePeriod(seconds) => {
            let field = spec.is_some_and(|spec| spec.termination_grace_period_seconds.is_present());
            let path = vec![Key("spec"), Key("terminationGracePeriodSeconds")];
            (path, vec![spec.is_some(), field], Leaf::Number(*seconds))
        }
        InPod::Status(status) => {
            let annotations = pod.annotations();
            let field = annotations.is_some_and(|annotations| annotations.get(STATUS).is_some());
            let there = vec![matches!(pod.metadata, Field::Present(_)), annotations.is_some(), field];
            (vec![Key("metadata"), Key("annotations"), Key(STATUS)], there, Leaf::Text(status))
        }
    }
}

/// How many segments lead to a container; they are always there.
const CONTAINER: usize = 3;

fn path_of(slot: Slot, rest: &[Segment]) -> Vec<Segment> {
    let (list, index) = match slot {
        Slot::App(index) => ("containers", index),
        Slot::Init(index) => ("initContainers", index),
    };
    let mut path = vec![Segment::Key("spec"), Segment::Key(list), Segment::Index(index)];
    path.extend_from_slice(rest);
    path
}

/// How many segments are there before the first that is not.
fn depth(there: &[bool]) -> usize {
    there.iter().take_while(|there| **there).count()
}

#[cfg(test)]
mod tests;
