//! Operations, sorted by the place of the document that they change.

use std::collections::BTreeMap;

use crate::inject::{Act, Operation};
use crate::manifest::ordered::{Ordered, index};
use crate::manifest::yaml_node::{YamlNode, YamlShape};

/// All that is to be changed in a document.
#[derive(Default)]
pub(in crate::manifest) struct Changes {
    pub(super) root: Change,
}

/// The changes at one place.
#[derive(Default)]
pub(super) struct Change {
    /// Another value.
    pub(super) set: Option<Ordered>,
    /// MapMembers behind those that are there.
    pub(super) added: Vec<(String, Ordered)>,
    /// The items of a list, where some are new.
    pub(super) slots: Vec<ListSlot>,
    /// Changes below, by the name or the index in the text.
    pub(super) children: BTreeMap<String, Change>,
}

/// An item of a list that gets new ones.
pub(super) enum ListSlot {
    Theirs(usize),
    Ours(Ordered),
}

impl Changes {
    /// Adds an operation; `None` where it concerns what is not in the text itself: behind an alias, or new.
    pub(in crate::manifest) fn add(&mut self, root: &YamlNode, operation: &Operation) -> Option<()> {
        self.root.add(root, &operation.path, operation)
    }
}

impl Change {
    fn add(&mut self, node: &YamlNode, path: &[String], operation: &Operation) -> Option<()> {
        let (step, rest) = path.split_first()?;
        match &*node.shape {
            YamlShape::Map(..) => match (node.entry(step), rest.is_empty(), operation.act) {
                (Some(entry), false, _) => self.child(step).add(&entry.value, rest, operation),
                (Some(_), true, _) => self.child(step).replace(operation),
                (None, true, Act::Add) => self.member(step, operation),
                (None, ..) => None,
            },
            YamlShape::List(_, items) if rest.is_empty() && operation.act == Act::Add => {
                self.item(step, items.len(), operation)
            }
            YamlShape::List(_, items) => {
                let theirs = self.theirs(index(step)?)?;
                let item = &items.get(theirs)?.node;
                let child = self.child(&theirs.to_string());
                if rest.is_empty() { child.replace(operation) } else { child.add(item, rest, operation) }
            }
            YamlShape::Scalar | YamlShape::Alias(_) => None,
        }
    }

    fn child(&mut self, step: &str) -> &mut Self {
        self.children.entry(step.to_owned()).or_default()
    }

    fn replace(&mut self, operation: &Operation) -> Option<()> {
        self.set = Some(Ordered::ours(&operation.value));
        Some(())
    }

    fn member(&mut self, name: &str, operation: &Operation) -> Option<()> {
        self.added.retain(|(there, _)| there != name);
        self.added.push((name.to_owned(), Ordered::ours(&operation.value)));
        Some(())
    }

    fn item(&mut self, step: &str, count: usize, operation: &Operation) -> Option<()> {
        if self.slots.is_empty() {
            self.slots = (0..count).map(ListSlot::Theirs).collect();
        }
        let at = if step == "-" { self.slots.len() } else { index(step)? };
        (at <= self.slots.len()).then(|| self.slots.insert(at, ListSlot::Ours(Ordered::ours(&operation.value))))
    }

    /// The index in the text of the item that has this index now.
    fn theirs(&self, index: usize) -> Option<usize> {
        match self.slots.get(index) {
            Some(ListSlot::Theirs(theirs)) => Some(*theirs),
            Some(ListSlot::Ours(_)) => None,
            None => self.slots.is_empty().then_some(index),
        }
    }
}
