//! Edits in, RFC 6902 out: the only place that makes a JSON pointer.
//!
//! Few and small operations, `add` and `replace` alone: what is missing is added with its missing parents in one
//! operation, what is there is never repeated. A patch made here always applies to the Pod that it was made for.

mod operations;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{EnvVar, LifecycleHandler};
use serde::Serialize;

use super::pod::{Field, Pod, Slot};
use crate::annotation::STATUS;
use operations::{Addition, Segment};

/// The only things that a feature can do to a Pod.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// A variable, before those that are there; several in their order.
    Env(Slot, EnvVar),
    /// `lifecycle.preStop`, where there is none.
    PreStop(Slot, LifecycleHandler),
    /// `spec.terminationGracePeriodSeconds`, where the Pod left the default.
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
pub(super) fn render(pod: &Pod<'_>, edits: &[Edit], root: Root) -> Result<Option<Patch>, serde_json::Error> {
    if edits.is_empty() {
        return Ok(None);
    }
    let mut lists = Lists::default();
    let additions = edits.iter().map(|edit| place(pod, edit, &mut lists)).collect();
    operations::write(additions, root.pointer()).map(|json| Some(Patch(json)))
}

/// What an edit puts at its place.
#[derive(Clone, Copy, Serialize)]
#[serde(untagged)]
pub(super) enum Leaf<'e> {
    Variable(&'e EnvVar),
    Handler(&'e LifecycleHandler),
    Number(i64),
    Text(&'e str),
}

/// How many items have gone to the front of each list so far: the next one goes behind them.
#[derive(Default)]
struct Lists(BTreeMap<(Slot, &'static str), usize>);

impl Lists {
    fn next(&mut self, slot: Slot, list: &'static str) -> Segment {
        let count = self.0.entry((slot, list)).or_default();
        *count += 1;
        Segment::Index(*count - 1)
    }
}

/// The path of what an edit puts there, and how much of that path is there already.
fn place<'e>(pod: &Pod<'_>, edit: &'e Edit, lists: &mut Lists) -> Addition<'e> {
    use Segment::Key;

    let spec = pod.spec.as_ref();
    match edit {
        Edit::Env(slot, variable) => {
            let there = pod.container(*slot).is_some_and(|container| !container.env.0.is_empty());
            let path = within(*slot, &[Key("env"), lists.next(*slot, "env")]);
            Addition { there: CONTAINER + usize::from(there), path, leaf: Leaf::Variable(variable) }
        }
        Edit::PreStop(slot, handler) => {
            let there = pod.container(*slot).is_some_and(|container| container.lifecycle.is_present());
            let path = within(*slot, &[Key("lifecycle"), Key("preStop")]);
            Addition { there: CONTAINER + usize::from(there), path, leaf: Leaf::Handler(handler) }
        }
        Edit::GracePeriod(seconds) => {
            let field = spec.map(|spec| spec.termination_grace_period_seconds.is_present());
            let path = vec![Key("spec"), Key("terminationGracePeriodSeconds")];
            Addition { there: depth(&[spec.is_some(), field == Some(true)]), path, leaf: Leaf::Number(*seconds) }
        }
        Edit::Status(status) => {
            let annotations = pod.annotations();
            let field = annotations.is_some_and(|annotations| annotations.get(STATUS).is_some());
            let metadata = matches!(pod.metadata, Field::Present(_));
            let path = vec![Key("metadata"), Key("annotations"), Key(STATUS)];
            Addition { there: depth(&[metadata, annotations.is_some(), field]), path, leaf: Leaf::Text(status) }
        }
    }
}

/// How many segments lead to a container; they are always there.
const CONTAINER: usize = 3;

fn within(slot: Slot, rest: &[Segment]) -> Vec<Segment> {
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
