//! The differences between a live Pod and the one that podwright would make of it now.

use std::collections::BTreeSet;
use std::fmt;

use json_patch::PatchOperation;
use serde_json::Value;

use super::live_pod::LivePod;
use super::status::StatusAnnotation;
use crate::annotation::STATUS;
use crate::inject::Patch;
use crate::inject::pod::Slot;

/// The name for settings of the Pod as a whole, as in the status annotation.
const POD: &str = "Pod";

/// A setting that a new Pod would have in another way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The change.
    pub change: Change,
    /// The key, without the prefix, such as `readiness-probe`.
    pub key: String,
    /// The container; `Pod` for the Pod as a whole.
    pub container: String,
}

/// The kind of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// The Pod lacks it, and podwright would add it.
    Add,
    /// podwright injected a value, and the profile has another one now, or someone changed the Pod.
    Set,
    /// podwright injected it, and would not do so now.
    Drop,
}

impl Change {
    /// Returns the word for this change, for JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Set => "set",
            Self::Drop => "drop",
        }
    }

    /// Returns the change with its settings, as the rest of a sentence.
    pub fn phrase(self, settings: &str) -> String {
        match self {
            Self::Add => format!("add {settings}"),
            Self::Set => format!("set another {settings}"),
            Self::Drop => format!("not have {settings}"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, container, .. } = self;
        if container == POD { formatter.write_str(key) } else { write!(formatter, "{key} of {container}") }
    }
}

/// The changes of a patch: the settings that it adds, and the status that it writes.
#[derive(Debug, Default)]
pub(super) struct PatchChanges {
    pub(super) added: BTreeSet<Difference>,
    pub(super) status: Option<StatusAnnotation>,
}

impl PatchChanges {
    /// Reads a patch for a Pod.
    pub(super) fn of(patch: &Patch, pod: &LivePod<'_>) -> Self {
        let mut changes = Self::default();
        for operation in patch.operations() {
            let (path, value) = match operation {
                PatchOperation::Add(add) => (&add.path, &add.value),
                PatchOperation::Replace(replace) => (&replace.path, &replace.value),
                _ => continue,
            };
            let steps: Vec<String> = path.tokens().map(|token| token.decoded().into_owned()).collect();
            changes.take(&steps.iter().map(String::as_str).collect::<Vec<_>>(), value, pod);
        }
        changes
    }

    /// Takes the value that the patch adds at these steps, which may include missing parents of it.
    fn take(&mut self, steps: &[&str], value: &Value, pod: &LivePod<'_>) {
        match steps {
            ["metadata", "annotations", STATUS] => {
                self.status = value.as_str().and_then(StatusAnnotation::parse);
            }
            ["metadata"] | ["metadata", "annotations"] | ["spec"] => self.below(steps, value, pod),
            ["spec", list @ ("containers" | "initContainers"), index, field, rest @ ..] => {
                let container = container_name(pod, list, index);
                self.in_container(field, rest, (container, value));
            }
            ["spec", "terminationGracePeriodSeconds"] => self.add("termination-grace-period", POD),
            ["spec", "volumes", ..] => self.add("downward-volume", POD),
            _ => {}
        }
    }

    fn below(&mut self, steps: &[&str], value: &Value, pod: &LivePod<'_>) {
        for (key, member) in value.as_object().into_iter().flatten() {
            self.take(&[steps, &[key]].concat(), member, pod);
        }
    }

    fn in_container(&mut self, field: &str, rest: &[&str], (container, value): (&str, &Value)) {
        let key = match field {
            "env" => "downward-env",
            "volumeMounts" => "downward-volume",
            "lifecycle" => "pre-stop-sleep",
            "startupProbe" => "startup-probe",
            "readinessProbe" => "readiness-probe",
            "livenessProbe" => "liveness-probe",
            "terminationMessagePath" => "termination-message-path",
            "terminationMessagePolicy" => "termination-message-policy",
            "resources" => return self.amounts(rest, (container, value)),
            other => other,
        };
        self.add(key, container);
    }

    fn amounts(&mut self, rest: &[&str], (container, value): (&str, &Value)) {
        match rest.first() {
            Some(section) => self.add(section, container),
            None => value.as_object().into_iter().flat_map(|map| map.keys()).for_each(|it| self.add(it, container)),
        }
    }

    fn add(&mut self, key: &str, container: &str) {
        self.added.insert(Difference { change: Change::Add, key: key.to_owned(), container: container.to_owned() });
    }
}

fn container_name<'p>(pod: &'p LivePod<'_>, list: &str, index: &str) -> &'p str {
    let index = index.parse().unwrap_or(usize::MAX);
    let slot = if list == "containers" { Slot::App(index) } else { Slot::Init(index) };
    pod.pod().container(slot).map(|container| container.name.as_str()).unwrap_or_default()
}

/// Compares the settings that podwright injected with those that are in force now.
///
/// A value that the Pod keeps beside another wish counts as changed only if it was podwright's before. Amounts that were
/// resized in place are not podwright's any more.
pub(super) fn changed(before: &StatusAnnotation, now: &StatusAnnotation, resized: bool) -> BTreeSet<Difference> {
    let (there, kept) = (now.in_force(), now.kept());
    let gone = before.in_force().into_iter().filter(|setting| !there.contains(setting));
    let gone = gone.filter(|(key, _)| !(resized && matches!(*key, "requests" | "limits")));
    gone.map(|(key, container)| {
        let change = if kept.contains(&(key, container)) { Change::Set } else { Change::Drop };
        Difference { change, key: key.to_owned(), container: container.to_owned() }
    })
    .collect()
}
