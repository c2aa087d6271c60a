//! Edits in block style. New values get lines of their own.

use serde_json::Value;

use super::changes::ListSlot;
use super::lines::Gap;
use super::{Editor, Holder, Site};
use crate::manifest::ordered::Ordered;
use crate::manifest::write::{Block, Context, Lists, scalar};
use crate::manifest::yaml_node::{ListItem, Style, YamlNode, YamlShape};

impl Editor<'_> {
    /// Replaces the value of a key at this column.
    pub(super) fn set_in_block(&mut self, site: Site<'_>, new: &Ordered, column: usize) -> Option<()> {
        let Site { node, value } = site;
        let is_empty = match &*node.shape {
            YamlShape::Scalar => value.is_null(),
            YamlShape::List(_, items) => items.is_empty(),
            YamlShape::Map(_, entries) => entries.is_empty(),
            YamlShape::Alias(_) => return None,
        };
        match (new, &*node.shape) {
            (Ordered::Leaf(leaf), YamlShape::Scalar) => self.set_scalar(node, leaf),
            (Ordered::Map(_) | Ordered::List(_), _) if is_empty => self.set_below(node, new, column),
            _ => None,
        }
    }

    fn set_scalar(&mut self, node: &YamlNode, leaf: &Value) -> Option<()> {
        let text = scalar(leaf, Context::Block);
        if node.start == node.end {
            self.splice(node.from, 0, &format!(" {text}"));
            return Some(());
        }
        let between = self.lines.text.get(node.from..node.start)?;
        // The parser starts a block scalar after its `|`, and the `|` must go too.
        let blank = between.len() - between.trim_start_matches(' ').len();
        let is_block = between.trim_start_matches(' ').starts_with(['|', '>']);
        let start = if is_block { node.from + blank } else { node.start };
        self.splice(start, node.end - start, &text);
        Some(())
    }

    /// Removes `{}`, `[]` or `null`, and writes lines below the key.
    fn set_below(&mut self, node: &YamlNode, new: &Ordered, column: usize) -> Option<()> {
        let gone = self.lines.text.get(node.from..node.end)?;
        if gone.contains(['#', '&', '!']) {
            return None;
        }
        let Gap { at, unended } = self.lines.behind(node.end)?;
        let mut block = self.block();
        let indented = matches!(new, Ordered::Map(_)) || block.lists == Lists::Indented;
        block.contents(new, column + if indented { 2 } else { 0 });
        self.splice(node.from, gone.len(), "");
        self.put(Gap { at, unended }, &block.out);
        Some(())
    }

    /// Adds members to a mapping.
    pub(super) fn add(&mut self, node: &YamlNode, added: &[(String, Ordered)], holder: Holder) -> Option<()> {
        let YamlShape::Map(style, entries) = &*node.shape else { return None };
        match (style, entries.first(), holder) {
            (Style::Block, Some(first), _) => {
                let gap = self.lines.behind(node.end)?;
                let (mut block, column) = (self.block(), self.lines.column(first.start));
                added.iter().for_each(|(name, value)| block.member(name, value, column));
                self.put(gap, &block.out);
                Some(())
            }
            // Lines below the key replace a `{}`.
            (_, None, Holder::Key(column)) => self.set_below(node, &Ordered::Map(added.to_vec()), column),
            (Style::Flow, ..) => self.add_in_brackets(node, entries, added, holder),
            (Style::Block, None, _) => None,
        }
    }

    /// Adds items to a list.
    pub(super) fn insert(&mut self, node: &YamlNode, slots: &[ListSlot], holder: Holder) -> Option<()> {
        let YamlShape::List(style, items) = &*node.shape else { return None };
        match (style, items.first(), holder) {
            (Style::Block, Some(first), _) => self.insert_in_block(node, first, slots),
            // Lines below the key replace a `[]`.
            (_, None, Holder::Key(column)) => {
                self.set_below(node, &Ordered::List(ours(slots).cloned().collect()), column)
            }
            (Style::Flow, ..) => self.insert_in_brackets(node, items, slots, holder),
            (Style::Block, None, _) => None,
        }
    }

    fn insert_in_block(&mut self, node: &YamlNode, first: &ListItem, slots: &[ListSlot]) -> Option<()> {
        let column = self.lines.column(first.dash);
        // The author's item before the new lines. `None` means that they go before the first item.
        let mut behind = None;
        let mut block = self.block();
        for slot in slots {
            match slot {
                ListSlot::Ours(item) => block.item(item, column),
                ListSlot::Theirs(index) => {
                    self.items_behind(node, behind, &mut block)?;
                    behind = node.items().get(*index);
                }
            }
        }
        self.items_behind(node, behind, &mut block)
    }

    /// Writes items after this one. Without one, writes them before the first item and its comments.
    fn items_behind(&mut self, node: &YamlNode, item: Option<&ListItem>, block: &mut Block) -> Option<()> {
        if block.out.is_empty() {
            return Some(());
        }
        let gap = match item {
            Some(item) => self.lines.behind(item.node.end.max(item.dash + 1))?,
            None => self.lines.behind(self.lines.behind_properties(node.from))?,
        };
        self.put(gap, &block.out);
        block.out.clear();
        Some(())
    }

    /// Writes lines into a gap.
    fn put(&mut self, gap: Gap, lines: &str) {
        if gap.unended {
            self.splice(gap.at, 0, &format!("\n{}", lines.strip_suffix('\n').unwrap_or(lines)));
        } else {
            self.splice(gap.at, 0, lines);
        }
    }

    fn block(&mut self) -> Block {
        let lists = match self.lists {
            Some(lists) => lists,
            None => *self.lists.insert(self.lists_below(self.root).unwrap_or(Lists::Flush)),
        };
        Block { out: String::new(), lists }
    }

    /// Returns the layout of the first list below a key.
    fn lists_below(&self, node: &YamlNode) -> Option<Lists> {
        match &*node.shape {
            YamlShape::Map(Style::Block, entries) => entries.iter().find_map(|entry| match &*entry.value.shape {
                YamlShape::List(Style::Block, items) => {
                    let dash = self.lines.column(items.first()?.dash);
                    Some(if dash > self.lines.column(entry.start) { Lists::Indented } else { Lists::Flush })
                }
                _ => self.lists_below(&entry.value),
            }),
            YamlShape::List(Style::Block, items) => items.iter().find_map(|item| self.lists_below(&item.node)),
            _ => None,
        }
    }
}

/// Returns the new items.
pub(super) fn ours(slots: &[ListSlot]) -> impl Iterator<Item = &Ordered> {
    slots.iter().filter_map(|slot| match slot {
        ListSlot::Ours(item) => Some(item),
        ListSlot::Theirs(_) => None,
    })
}
