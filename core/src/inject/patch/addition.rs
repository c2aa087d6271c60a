//! Additions: edits as a path and a value.

use std::fmt;

use super::leaf::Leaf;
use crate::annotation::{INJECTED, STATUS};
use crate::inject::edit::{AddedAmount, InContainer, InPod};
use crate::inject::pod::{Container, Field, Pod, Slot};

/// A step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Segment {
    /// A member of an object. All names are podwright's and need no escape in JSON.
    Key(&'static str),
    /// An item of a list.
    Index(usize),
    /// The place after the last item of a list. The numbers order several additions.
    End(usize),
}

/// Formats the step as in a JSON pointer, without escapes.
impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Index(index) => write!(f, "{index}"),
            Self::End(_) => f.write_str("-"),
        }
    }
}

/// The most steps of a path below its container or the Pod.
const DEPTH: usize = 3;

/// A value and its path in the Pod.
pub(super) struct Addition<'e> {
    /// The path, of which the first `length` steps count.
    path: [Segment; DEPTH],
    length: usize,
    /// The number of existing steps of the path. All exist if the value replaces another one.
    there: usize,
    /// The value.
    pub(super) leaf: Leaf<'e>,
}

impl<'e> Addition<'e> {
    /// Makes an addition at `path`. `there` tells for each step, from the first on, whether it exists. A path that is
    /// too long does not compile.
    pub(super) fn new<const LENGTH: usize>(path: [Segment; LENGTH], there: &[bool], leaf: Leaf<'e>) -> Self {
        const { assert!(LENGTH <= DEPTH) };
        let mut whole = [Segment::End(0); DEPTH];
        whole.iter_mut().zip(path).for_each(|(place, step)| *place = step);
        // Everything below a missing step is missing too, whatever `there` says.
        Self { path: whole, length: LENGTH, there: there.iter().take_while(|there| **there).count(), leaf }
    }

    pub(super) fn path(&self) -> &[Segment] {
        self.path.get(..self.length).unwrap_or(&self.path)
    }

    /// Returns the path of the largest missing part.
    pub(super) fn target(&self) -> &[Segment] {
        self.path().get(..=self.there).unwrap_or(self.path())
    }

    /// Returns the step at this depth.
    pub(super) fn step(&self, depth: usize) -> Option<&Segment> {
        self.path().get(depth)
    }

    /// Returns whether the whole path exists, so that the value replaces another one.
    pub(super) fn replaces(&self) -> bool {
        self.there == self.length
    }
}

/// Sorts additions by path and groups those with a common missing part. Each group becomes one operation.
pub(super) fn groups<'a, 'e>(additions: &'a mut [Addition<'e>]) -> impl Iterator<Item = &'a [Addition<'e>]> {
    // Paths with a common missing parent become neighbours, so one operation can add them together.
    additions.sort_by(|a, b| a.path().cmp(b.path()));
    additions.chunk_by(|a, b| a.target() == b.target())
}

/// The counters of one container's edits, which keep list items in order.
#[derive(Default)]
pub(super) struct EditNumbers {
    /// The number of edits so far.
    edits: usize,
    /// The number of variables so far. They go to the front of their list, so their index counts.
    variables: usize,
}

impl EditNumbers {
    fn next_edit(&mut self) -> usize {
        next(&mut self.edits)
    }

    fn next_variable(&mut self) -> usize {
        next(&mut self.variables)
    }
}

fn next(number: &mut usize) -> usize {
    let this = *number;
    *number += 1;
    this
}

/// Returns the addition for an edit of a container.
pub(super) fn in_container<'e>(
    container: &Container<'_>,
    edit: &'e InContainer<'e>,
    numbers: &mut EditNumbers,
) -> Addition<'e> {
    use Segment::Key;

    match edit {
        // The nth new variable is inserted at index n, which moves the existing ones back.
        InContainer::Env(variable) => {
            let path = [Key("env"), Segment::Index(numbers.next_variable())];
            Addition::new(path, &[!container.env.0.is_empty()], Leaf::Variable(variable))
        }
        InContainer::Mount(mount) => {
            let there = !container.volume_mounts.0.is_empty();
            Addition::new([Key("volumeMounts"), Segment::End(numbers.next_edit())], &[there], Leaf::Mount(mount))
        }
        InContainer::Amount(AddedAmount { section, resource, amount }) => {
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
        // Features add a probe only if the container has none of its kind.
        InContainer::Probe(kind, probe) => Addition::new([Key(kind.field())], &[], Leaf::Probe(probe)),
        InContainer::PreStop(handler) => {
            let there = container.lifecycle.is_present();
            Addition::new([Key("lifecycle"), Key("preStop")], &[there], Leaf::Handler(handler))
        }
    }
}

/// Returns the addition for the `nth` edit of the Pod as a whole.
pub(super) fn in_pod<'e>(pod: &Pod<'_>, edit: &'e InPod, nth: usize) -> Addition<'e> {
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
        // podwright adds the label only if the Pod lacks it.
        InPod::Label(profile) => {
            let metadata = matches!(pod.metadata, Field::Present(_));
            let there = [metadata, pod.labels_without_ours().unwrap_or_default()];
            Addition::new([Key("metadata"), Key("labels"), Key(INJECTED)], &there, Leaf::Text(profile))
        }
        InPod::Status(status) => {
            let annotations = pod.annotations();
            let field = annotations.is_some_and(|annotations| annotations.get(STATUS).is_some());
            let there = [matches!(pod.metadata, Field::Present(_)), annotations.is_some(), field];
            Addition::new([Key("metadata"), Key("annotations"), Key(STATUS)], &there, Leaf::Text(status))
        }
    }
}

/// Returns the path of a container, which always exists.
pub(super) fn path_of(slot: Slot) -> [Segment; 3] {
    let (list, index) = match slot {
        Slot::App(index) => ("containers", index),
        Slot::Init(index) => ("initContainers", index),
    };
    [Segment::Key("spec"), Segment::Key(list), Segment::Index(index)]
}
