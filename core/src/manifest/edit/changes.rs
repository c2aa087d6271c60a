//! Operations, sorted by the place of the document that they change.

use std::collections::BTreeMap;

use json_patch::PatchOperation;
use json_patch::jsonptr::{Pointer, Token};
use serde_json::Value;

use crate::manifest::ordered::Ordered;
use crate::manifest::yaml_node::{YamlNode, YamlShape};

/// The changes of a document.
#[derive(Default)]
pub(in crate::manifest) struct Changes {
    pub(super) root: Change,
}

/// The changes at one place.
#[derive(Default)]
pub(super) struct Change {
    /// The new value.
    pub(super) set: Option<Ordered>,
    /// New members of a mapping, after the existing ones.
    pub(super) added: Vec<(String, Ordered)>,
    /// The items of a list with new ones. Empty for a list without new items.
    pub(super) slots: Vec<ListSlot>,
    /// The changes below, by the name or the index in the text.
    pub(super) children: BTreeMap<String, Change>,
}

/// An item of a changed list.
pub(super) enum ListSlot {
    /// The author's item with this index in the text.
    Theirs(usize),
    /// A new item.
    Ours(Ordered),
}

impl Changes {
    /// Adds an operation at this path. Returns `None` for a place outside of the text: in an alias or in a new value.
    pub(in crate::manifest) fn add(
        &mut self,
        root: &YamlNode,
        path: &Pointer,
        operation: &PatchOperation,
    ) -> Option<()> {
        self.root.add(root, path, operation)
    }
}

impl Change {
    fn add(&mut self, node: &YamlNode, path: &Pointer, operation: &PatchOperation) -> Option<()> {
        let (step, rest) = path.split_front()?;
        let (value, is_add) = match operation {
            PatchOperation::Add(add) => (&add.value, true),
            PatchOperation::Replace(replace) => (&replace.value, false),
            _ => return None,
        };
        match &*node.shape {
            YamlShape::Map(..) => {
                let name = step.decoded();
                match (node.entry(&name), rest.is_root()) {
                    (Some(entry), false) => self.child(&name).add(&entry.value, rest, operation),
                    (Some(_), true) => self.child(&name).replace(value),
                    (None, true) if is_add => self.member(&name, value),
                    (None, _) => None,
                }
            }
            YamlShape::List(_, items) if rest.is_root() && is_add => self.item(&step, items.len(), value),
            YamlShape::List(_, items) => {
                let theirs = self.theirs(&step, items.len())?;
                let child = self.child(&theirs.to_string());
                if rest.is_root() { child.replace(value) } else { child.add(&items.get(theirs)?.node, rest, operation) }
            }
            YamlShape::Scalar | YamlShape::Alias(_) => None,
        }
    }

    fn child(&mut self, step: &str) -> &mut Self {
        self.children.entry(step.to_owned()).or_default()
    }

    fn replace(&mut self, value: &Value) -> Option<()> {
        self.set = Some(Ordered::ours(value));
        Some(())
    }

    fn member(&mut self, name: &str, value: &Value) -> Option<()> {
        self.added.retain(|(there, _)| there != name);
        self.added.push((name.to_owned(), Ordered::ours(value)));
        Some(())
    }

    fn item(&mut self, step: &Token<'_>, count: usize, value: &Value) -> Option<()> {
        if self.slots.is_empty() {
            self.slots = (0..count).map(ListSlot::Theirs).collect();
        }
        let at = step.to_index().ok()?.for_len_incl(self.slots.len()).ok()?;
        self.slots.insert(at, ListSlot::Ours(Ordered::ours(value)));
        Some(())
    }

    /// Returns the index in the text of the item at this step. `count` is the number of items in the text.
    ///
    /// Earlier operations may have inserted items, so the indexes of the patch and of the text differ.
    fn theirs(&self, step: &Token<'_>, count: usize) -> Option<usize> {
        let count = if self.slots.is_empty() { count } else { self.slots.len() };
        let index = step.to_index().ok()?.for_len(count).ok()?;
        match self.slots.get(index) {
            Some(ListSlot::Theirs(theirs)) => Some(*theirs),
            Some(ListSlot::Ours(_)) => None,
            None => Some(index),
        }
    }
}
