//! The shape of a document in the author's text: offsets and positions, without values.

use std::sync::Arc;

use crate::text::Position;

/// A value in the text. Offsets are bytes from the start of the document's text.
#[derive(Clone, Debug)]
pub(super) struct YamlNode {
    /// The offset after the `:`, the `-` or the bracket before it.
    pub(super) from: usize,
    /// The offset of its start, after its anchor and tag.
    pub(super) start: usize,
    /// The offset after its last character.
    pub(super) end: usize,
    /// The position in the input.
    pub(super) place: Position,
    /// The shape, shared with its aliases.
    pub(super) shape: Arc<YamlShape>,
}

/// The shape of a value.
#[derive(Debug)]
pub(super) enum YamlShape {
    Scalar,
    /// A list.
    List(Style, Vec<ListItem>),
    /// A mapping.
    Map(Style, Vec<MapEntry>),
    /// An alias, with the anchored value.
    Alias(YamlNode),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Block,
    Flow,
}

/// An item of a list.
#[derive(Debug)]
pub(super) struct ListItem {
    /// The offset of its `-`, or of the item itself in brackets.
    pub(super) dash: usize,
    pub(super) node: YamlNode,
}

/// A key and its value.
#[derive(Debug)]
pub(super) struct MapEntry {
    /// The key as kubectl reads it: `0644` is `420`.
    pub(super) name: String,
    /// True for `<<`, which merges other mappings.
    pub(super) merges: bool,
    /// The offset of the key.
    pub(super) start: usize,
    /// The position of the key in the input.
    pub(super) place: Position,
    pub(super) value: YamlNode,
}

impl YamlNode {
    /// Returns the entries of a mapping, also behind an alias.
    pub(super) fn entries(&self) -> &[MapEntry] {
        match &*self.shape {
            YamlShape::Map(_, entries) => entries,
            YamlShape::Alias(node) => node.entries(),
            YamlShape::Scalar | YamlShape::List(..) => &[],
        }
    }

    /// Returns the items of a list, also behind an alias.
    pub(super) fn items(&self) -> &[ListItem] {
        match &*self.shape {
            YamlShape::List(_, items) => items,
            YamlShape::Alias(node) => node.items(),
            YamlShape::Scalar | YamlShape::Map(..) => &[],
        }
    }

    /// Returns the entry with this name, without merged ones.
    pub(super) fn entry(&self, name: &str) -> Option<&MapEntry> {
        self.entries().iter().find(|entry| entry.name == name && !entry.merges)
    }

    /// Returns the value of this key, also from a `<<`. The last entry with the key wins.
    pub(super) fn value_of(&self, name: &str) -> Option<&Self> {
        self.entries().iter().rev().find_map(|entry| match entry.merges {
            false if entry.name == name => Some(&entry.value),
            false => None,
            true if entry.value.items().is_empty() => entry.value.value_of(name),
            true => entry.value.items().iter().find_map(|item| item.node.value_of(name)),
        })
    }
}
