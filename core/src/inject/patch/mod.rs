//! Edits in, RFC 6902 out: the only place that makes a JSON pointer.
//!
//! Few and small operations, `add` and `replace` alone: what is missing is added with its missing parents in one
//! operation, what is there is never repeated. A patch made here always applies to the Pod that it was made for.

mod operations;
mod reading;
mod values;

use std::ops::RangeFrom;

use super::Draft;
use super::pod::{Container, Field, Pod, Slot};
use crate::annotation::STATUS;
use crate::annotation::amounts::Amount;
use crate::annotation::downward::{Resource, Section};
use crate::annotation::paths::{MessagePath, MessagePolicy};
use crate::annotation::probe::ProbeKind;
use k8s_openapi::api::core::v1::{LifecycleHandler, Probe};
use operations::{Addition, Operations, Segment};
pub use reading::{Act, Operation, steps};
pub use values::{DownwardApiFile, DownwardApiSource, DownwardApiVolume, ReadOnlyMount, Value, Variable};

/// The only things that a feature can do to a container. None removes or replaces what an author wrote: each is for where
/// there is nothing, or what the API server puts where there is nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum InContainer<'p> {
    /// A variable, before those that are there; several in their order.
    Env(Variable<'p>),
    /// A mount, behind those that are there.
    Mount(ReadOnlyMount<'p>),
    /// An entry of `resources.requests` or `resources.limits`.
    Amount(Section, Resource, &'p Amount),
    /// `terminationMessagePath`
    MessagePath(&'p MessagePath),
    /// `terminationMessagePolicy`
    MessagePolicy(MessagePolicy),
    /// `startupProbe`, `readinessProbe` or `livenessProbe`.
    Probe(ProbeKind, Box<Probe>),
    /// `lifecycle.preStop`
    PreStop(Box<LifecycleHandler>),
}

impl<'p> InContainer<'p> {
    /// The amount, where it is one.
    pub(super) fn amount(&self) -> Option<(Section, Resource, &'p Amount)> {
        match self {
            Self::Amount(section, resource, amount) => Some((*section, *resource, amount)),
            _ => None,
        }
    }
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

/// Where the Pod stands in the document that is patched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// The document is the Pod.
    Pod,
    /// The document is a workload with the Pod template at `spec.template`.
    PodTemplate,
    /// The document is a CronJob, with the Pod template in that of its Jobs.
    CronJobTemplate,
    /// The document has the Pod template at `template`, as a PodTemplate of the core group.
    TopTemplate,
}

impl Root {
    /// A JSON pointer (RFC 6901) to the Pod or the Pod template.
    pub fn pointer(self) -> &'static str {
        match self {
            Self::Pod => "",
            Self::PodTemplate => "/spec/template",
            Self::CronJobTemplate => "/spec/jobTemplate/spec/template",
            Self::TopTemplate => "/template",
        }
    }

    /// The same as people write it: `spec.template`.
    pub fn path(self) -> String {
        self.pointer().trim_start_matches('/').replace('/', ".")
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
    let mut operations = Operations::new(root.pointer());
    let mut additions: Vec<Addition<'_>> = Vec::new();
    for (slot, edits) in draft.in_containers() {
        let Some(container) = pod.container(slot) else { continue };
        let mut variables = 0..;
        let places = edits.iter().enumerate();
        additions.extend(places.map(|(nth, edit)| in_container(container, edit, (&mut variables, nth))));
        operations.write(&path_of(slot), &mut additions)?;
    }
    additions.extend(draft.in_pod().iter().enumerate().map(|(nth, edit)| in_pod(pod, edit, nth)));
    operations.write(&[], &mut additions)?;
    Ok(operations.finish().map(Patch))
}

/// What an edit puts at its place.
#[derive(Clone, Copy)]
pub(super) enum Leaf<'e> {
    Variable(&'e Variable<'e>),
    Mount(&'e ReadOnlyMount<'e>),
    Volume(&'e DownwardApiVolume),
    Probe(&'e Probe),
    Handler(&'e LifecycleHandler),
    Number(i64),
    Text(&'e str),
}

impl Leaf<'_> {
    /// As JSON, behind what is there.
    fn write(&self, json: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        match self {
            Self::Variable(variable) => variable.write(json),
            Self::Mount(mount) => serde_json::to_writer(json, mount),
            Self::Volume(volume) => serde_json::to_writer(json, volume),
            Self::Probe(probe) => serde_json::to_writer(json, probe),
            Self::Handler(handler) => serde_json::to_writer(json, handler),
            Self::Number(number) => serde_json::to_writer(json, number),
            Self::Text(text) => serde_json::to_writer(json, text),
        }
    }
}

/// Items of one list keep the order of their edits: `variables` counts those at the front, where the index itself matters,
/// and `nth` all edits of the container.
fn in_container<'e>(
    container: &Container<'_>,
    edit: &'e InContainer<'e>,
    (variables, nth): (&mut RangeFrom<usize>, usize),
) -> Addition<'e> {
    use Segment::Key;

    match edit {
        InContainer::Env(variable) => {
            let path = [Key("env"), Segment::Index(variables.next().unwrap_or_default())];
            Addition::new(path, &[!container.env.0.is_empty()], Leaf::Variable(variable))
        }
        InContainer::Mount(mount) => {
            let there = !container.volume_mounts.0.is_empty();
            Addition::new([Key("volumeMounts"), Segment::End(nth)], &[there], Leaf::Mount(mount))
        }
        InContainer::Amount(section, resource, amount) => {
            let resources = container.resources.as_ref();
            let there = [resources.is_some(), resources.is_some_and(|resources| resources.has(*section))];
            let path = [Key("resources"), Key(section.as_str()), Key(resource.as_str())];
            Addition::new(path, &there, Leaf::Text(amount.as_str()))
        }
        InContainer::MessagePath(path) => {
            let there = container.termination_message_path.is_present();
            Addition::new([Key("terminationMessagePath")], &[there], Leaf::Text(path.as_str()))
        }
        InContainer::MessagePolicy(policy) => {
            let there = container.termination_message_policy.is_present();
            Addition::new([Key("terminationMessagePolicy")], &[there], Leaf::Text(policy.as_str()))
        }
        InContainer::Probe(kind, probe) => Addition::new([Key(kind.field())], &[], Leaf::Probe(probe)),
        InContainer::PreStop(handler) => {
            let there = container.lifecycle.is_present();
            Addition::new([Key("lifecycle"), Key("preStop")], &[there], Leaf::Handler(handler))
        }
    }
}

fn in_pod<'e>(pod: &Pod<'_>, edit: &'e InPod, nth: usize) -> Addition<'e> {
    use Segment::Key;

    let spec = pod.spec.as_ref();
    match edit {
        InPod::Volume(volume) => {
            let there = [spec.is_some(), !pod.volumes().is_empty()];
            Addition::new([Key("spec"), Key("volumes"), Segment::End(nth)], &there, Leaf::Volume(volume))
        }
        InPod::GracePeriod(seconds) => {
            let field = spec.is_some_and(|spec| spec.termination_grace_period_seconds.is_present());
            let path = [Key("spec"), Key("terminationGracePeriodSeconds")];
            Addition::new(path, &[spec.is_some(), field], Leaf::Number(*seconds))
        }
        InPod::Status(status) => {
            let annotations = pod.annotations();
            let field = annotations.is_some_and(|annotations| annotations.get(STATUS).is_some());
            let there = [matches!(pod.metadata, Field::Present(_)), annotations.is_some(), field];
            Addition::new([Key("metadata"), Key("annotations"), Key(STATUS)], &there, Leaf::Text(status))
        }
    }
}

/// Where a container is; it is always there.
fn path_of(slot: Slot) -> [Segment; 3] {
    let (list, index) = match slot {
        Slot::App(index) => ("containers", index),
        Slot::Init(index) => ("initContainers", index),
    };
    [Segment::Key("spec"), Segment::Key(list), Segment::Index(index)]
}

#[cfg(test)]
mod tests;
