//! Edits in, a JSON Patch (RFC 6902) out. No other file makes a JSON pointer.
//!
//! Patches are small: `add` and `replace` only. One operation adds a missing field with its missing parents, and
//! existing values are not repeated. A patch always applies to the Pod that it was made for.

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
    /// Returns the patch as JSON: an array of operations.
    pub fn as_json(&self) -> &[u8] {
        &self.json
    }

    /// Returns the patch as JSON: an array of operations.
    pub fn into_json(self) -> Vec<u8> {
        self.json
    }

    /// Returns the operations as values, in their order. Empty for the webhook, which uses only the JSON.
    pub fn operations(&self) -> &[PatchOperation] {
        &self.operations
    }

    /// Adds the operations as values. They come from the same additions as the JSON, so nothing is parsed.
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

/// Renders the edits as a patch with JSON only; `None` if there are no edits.
///
/// # Errors
/// None is known: each value of an edit can be written as JSON.
pub(super) fn render(pod: &Pod<'_>, draft: &Draft<'_>, root: Root) -> Result<Option<Patch>, serde_json::Error> {
    let mut text = PatchText::new(root.pointer());
    for_each_parent(pod, draft, |parent, additions| text.write(parent, additions))?;
    Ok(text.finish().map(|json| Patch { json, operations: Vec::new() }))
}

/// Calls `write` with the additions of each container, then with those of the Pod, and with their parent's path.
fn for_each_parent<'e>(
    pod: &Pod<'_>,
    draft: &'e Draft<'_>,
    mut write: impl FnMut(&[Segment], &mut [Addition<'e>]) -> Result<(), serde_json::Error>,
) -> Result<(), serde_json::Error> {
    // All containers share one list, to allocate it once.
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
