//! Patches written into the author's text: every other byte of it stays.
//!
//! Gives up (`None`) where a text is too odd for that. Whether an edit says what it should is for the caller to prove.

mod block;
mod changes;
mod flow;
mod lines;

use serde_json::Value;

use super::node::{Node, Shape, Style};
use super::ordered::Ordered;
use super::write::{Flow, Lists};
use changes::Change;
pub(super) use changes::Changes;
use lines::Lines;

/// The text with these changes.
pub(super) fn edited(text: &str, newline: &str, root: (&Node, &Value), changes: &Changes) -> Option<String> {
    let mut editor =
        Editor { lines: Lines { text }, newline, lists: None, root: root.0, splices: Vec::new(), depth: 0 };
    editor.change(root, &changes.root, Holder::Root)?;
    editor.spliced()
}

struct Editor<'e> {
    lines: Lines<'e>,
    newline: &'e str,
    /// How the author lays out lists below keys; found when it is needed first.
    lists: Option<Lists>,
    root: &'e Node,
    splices: Vec<Splice>,
    depth: usize,
}

/// A piece of text for another.
struct Splice {
    at: usize,
    removed: usize,
    text: String,
    /// Of several at the same place, the one that stands deeper comes first.
    depth: usize,
}

/// What a value belongs to.
#[derive(Clone, Copy)]
enum Holder {
    Root,
    /// The key at this column.
    Key(usize),
    /// The `-` of an item.
    Dash,
    /// Something in brackets.
    Brackets(Flow),
}

impl Editor<'_> {
    fn change(&mut self, (node, value): (&Node, &Value), change: &Change, holder: Holder) -> Option<()> {
        self.depth += 1;
        if let Some(new) = &change.set {
            self.set((node, value), new, holder)?;
        }
        match &*node.shape {
            Shape::Map(style, entries) => {
                let layout = self.layout(node, holder);
                for (name, change) in &change.children {
                    let entry = node.entry(name)?;
                    let holder = match style {
                        Style::Block => Holder::Key(self.lines.column(entry.start)),
                        Style::Flow => Holder::Brackets(layout),
                    };
                    self.change((&entry.value, value.get(name)?), change, holder)?;
                }
                if !change.added.is_empty() {
                    self.add((node, value), (*style, entries), &change.added, holder)?;
                }
            }
            Shape::List(style, items) => {
                let layout = self.layout(node, holder);
                for (index, change) in change.children.iter() {
                    let index: usize = index.parse().ok()?;
                    let holder = if *style == Style::Block { Holder::Dash } else { Holder::Brackets(layout) };
                    self.change((&items.get(index)?.node, value.get(index)?), change, holder)?;
                }
                if !change.slots.is_empty() {
                    self.insert((node, value), (*style, items), &change.slots, holder)?;
                }
            }
            Shape::Scalar | Shape::Alias(_) => {
                let is_leaf = change.children.is_empty() && change.added.is_empty() && change.slots.is_empty();
                is_leaf.then_some(())?;
            }
        }
        self.depth -= 1;
        Some(())
    }

    /// Puts a value in the place of another one.
    fn set(&mut self, (node, value): (&Node, &Value), new: &Ordered, holder: Holder) -> Option<()> {
        match holder {
            Holder::Brackets(layout) => self.set_in_brackets(node, new, layout),
            Holder::Key(column) => self.set_in_block((node, value), new, column),
            Holder::Root | Holder::Dash => None,
        }
    }

    fn splice(&mut self, at: usize, removed: usize, text: &str) {
        let text = if self.newline == "\n" { text.to_owned() } else { text.replace('\n', self.newline) };
        self.splices.push(Splice { at, removed, text, depth: self.depth });
    }

    fn spliced(mut self) -> Option<String> {
        self.splices.sort_by(|a, b| a.at.cmp(&b.at).then(b.depth.cmp(&a.depth)));
        let text = self.lines.text;
        let mut out =
            String::with_capacity(text.len() + self.splices.iter().map(|splice| splice.text.len()).sum::<usize>());
        let mut written = 0;
        for splice in &self.splices {
            out.push_str(text.get(written..splice.at)?);
            out.push_str(&splice.text);
            written = splice.at + splice.removed;
        }
        out.push_str(text.get(written..)?);
        Some(out)
    }
}
