//! The shape of a document as the author wrote it: offsets and positions, without values.

use std::sync::Arc;

use crate::text::Position;

/// A value as it stands in the text. Offsets are in bytes from where the document's text begins.
#[derive(Clone, Debug)]
pub(super) struct YamlNode {
    /// Behind the `:`, the `-` or the bracket that leads to it.
    pub(super) from: usize,
    /// Its start, behind its anchor and its tag.
    pub(super) start: usize,
    /// Behind its last character.
    pub(super) end: usize,
    /// Its position in the input.
    pub(super) place: Position,
    /// Shared with the aliases that lead here.
    pub(super) shape: Arc<YamlShape>,
}

/// The shape of a value.
#[derive(Debug)]
pub(super) enum YamlShape {
    Scalar,
    /// A list, `[in brackets]` or not.
    List(Style, Vec<ListItem>),
    /// A mapping, `{in: brackets}` or not.
    Map(Style, Vec<MapEntry>),
    /// Another place's value.
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
    /// The offset of its `-`; in brackets, its own.
    pub(super) dash: usize,
    pub(super) node: YamlNode,
}

/// A key and its value.
#[derive(Debug)]
pub(super) struct MapEntry {
    /// As kubectl reads it: `0644` is `420`.
    pub(super) name: String,
    /// Whether it is `<<`, and brings the keys of others.
    pub(super) merges: bool,
    /// The offset of the key.
    pub(super) start: usize,
    /// The position of the key in the input.
    pub(super) place: Position,
    pub(super) value: YamlNode,
}

impl YamlNode {
    /// The entries of a mapping, also where an alias stands for it.
    pub(super) fn entries(&self) -> &[MapEntry] {
        match &*self.shape {
            YamlShape::Map(_, entries) => entries,
            YamlShape::Alias(node) => node.entries(),
            YamlShape::Scalar | YamlShape::List(..) => &[],
        }
    }

    /// The items of a list, also where an alias stands for it.
    pub(super) fn items(&self) -> &[ListItem] {
        match &*self.shape {
            YamlShape::List(_, items) => items,
            YamlShape::Alias(node) => node.items(),
            YamlShape::Scalar | YamlShape::Map(..) => &[],
        }
    }

    /// The entry of this name that stands here itself.
    pub(super) fn entry(&self, name: &str) -> Option<&MapEntry> {
        self.entries().iter().find(|entry| entry.name == name && !entry.merges)
    }

    /// The value of this key, which may come by `<<`: the last one that has it wins.
    pub(super) fn value_of(&self, name: &str) -> Option<&Self> {
        self.entries().iter().rev().find_map(|entry| match entry.merges {
            false if entry.name == name => Some(&entry.value),
            false => None,
            true if entry.value.items().is_empty() => entry.value.value_of(name),
            true => entry.value.items().iter().find_map(|item| item.node.value_of(name)),
        })
    }
}
