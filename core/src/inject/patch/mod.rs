//! Edits in, RFC 6902 out: the only place that makes a JSON pointer.
//!
//! Few and small operations, `add` and `replace` alone: what is missing is added with its missing parents in one
//! operation, existing values are never repeated. A patch made here always applies to the Pod that it was made for.

mod addition;
mod leaf;
mod operation;
mod root;
mod text;

use super::draft::Draft;
use super::pod::Pod;
use addition::{Addition, EditNumbers, Segment};
use json_patch::PatchOperation;
pub use root::Root;
use text::PatchText;

/// A JSON patch (RFC 6902).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    json: Vec<u8>,
    operations: Vec<PatchOperation>,
}

impl Patch {
    /// The patch as JSON: an array of operations.
    pub fn as_json(&self) -> &[u8] {
        &self.json
    }

    /// The patch as JSON: an array of operations.
    pub fn into_json(self) -> Vec<u8> {
        self.json
    }

    /// The same operations as values, in their order. None in a patch for the webhook, which needs the JSON alone.
    pub fn operations(&self) -> &[PatchOperation] {
        &self.operations
    }

    /// Adds the operations as values: they come from the same additions as the JSON, so nothing is parsed.
    pub(super) fn with_operations(
        mut self,
        pod: &Pod<'_>,
        draft: &Draft<'_>,
        root: Root,
    ) -> Result<Self, serde_json::Error> {
        for_each_parent(pod, draft, |parent, additions| {
            self.operations.extend(operation::operations(root, parent, additions)?);
            Ok(())
        })?;
        Ok(self)
    }
}

/// The patch that makes these edits, as JSON alone; `None` where there are none.
///
/// # Errors
/// None that is known: every value that an edit can hold has a form in JSON.
pub(super) fn render(pod: &Pod<'_>, draft: &Draft<'_>, root: Root) -> Result<Option<Patch>, serde_json::Error> {
    let mut text = PatchText::new(root.pointer());
    for_each_parent(pod, draft, |parent, additions| text.write(parent, additions))?;
    Ok(text.finish().map(|json| Patch { json, operations: Vec::new() }))
}

/// Hands out the additions below each container, then those below the Pod, with the path of the parent.
fn for_each_parent<'e>(
    pod: &Pod<'_>,
    draft: &'e Draft<'_>,
    mut write: impl FnMut(&[Segment], &mut [Addition<'e>]) -> Result<(), serde_json::Error>,
) -> Result<(), serde_json::Error> {
    // One list for all of them, so that it is allocated once.
    let mut additions: Vec<Addition<'e>> = Vec::new();
    for (slot, edits) in draft.in_containers() {
        let Some(container) = pod.container(slot) else { continue };
        let mut numbers = EditNumbers::default();
        additions.extend(edits.iter().map(|edit| addition::in_container(container, edit, &mut numbers)));
        write(&addition::path_of(slot), &mut additions)?;
        additions.clear();
    }
    additions.extend(draft.in_pod().iter().enumerate().map(|(nth, edit)| addition::in_pod(pod, edit, nth)));
    write(&[], &mut additions)
}

#[cfg(test)]
mod tests;
