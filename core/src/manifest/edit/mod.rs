//! Patches written into the author's text. All other bytes stay.
//!
//! Returns `None` for rare forms such as aliases. The caller proves the value of the new text.

mod block;
mod changes;
mod flow;
mod lines;

use serde_json::Value;

use super::ordered::Ordered;
use super::write::{Flow, Lists};
use super::yaml_node::{Style, YamlNode, YamlShape};
use changes::Change;
pub(super) use changes::Changes;
use lines::TextLines;

/// A place in the document: its shape in the text, and its value.
#[derive(Clone, Copy)]
pub(super) struct Site<'n> {
    pub(super) node: &'n YamlNode,
    pub(super) value: &'n Value,
}

/// Writes these changes into the text.
pub(super) fn edited(text: &str, newline: &str, root: Site<'_>, changes: &Changes) -> Option<String> {
    let mut editor =
        Editor { lines: TextLines { text }, newline, lists: None, root: root.node, splices: Vec::new(), depth: 0 };
    editor.change(root, &changes.root, Holder::Root)?;
    editor.spliced()
}

struct Editor<'e> {
    lines: TextLines<'e>,
    newline: &'e str,
    /// The author's layout of lists below keys, found at the first use.
    lists: Option<Lists>,
    root: &'e YamlNode,
    splices: Vec<Splice>,
    depth: usize,
}

/// A replacement of a part of the text.
struct Splice {
    at: usize,
    removed: usize,
    text: String,
    /// The nesting depth: at the same offset, the deeper splice comes first.
    depth: usize,
}

/// The syntax that holds a value.
#[derive(Clone, Copy)]
enum Holder {
    Root,
    /// A key at this column.
    Key(usize),
    /// The `-` of an item.
    Dash,
    /// A list or mapping in brackets.
    Brackets(Flow),
}

impl Editor<'_> {
    fn change(&mut self, site: Site<'_>, change: &Change, holder: Holder) -> Option<()> {
        let Site { node, value } = site;
        self.depth += 1;
        // A value that is set has no changes below it: podwright replaces scalars and empty collections only.
        if let Some(new) = &change.set {
            self.set(site, new, holder)?;
        }
        match &*node.shape {
            YamlShape::Map(style, _) => {
                let layout = self.layout(node, holder);
                for (name, change) in &change.children {
                    let entry = node.entry(name)?;
                    let holder = match style {
                        Style::Block => Holder::Key(self.lines.column(entry.start)),
                        Style::Flow => Holder::Brackets(layout),
                    };
                    let site = Site { node: &entry.value, value: value.get(name)? };
                    self.change(site, change, holder)?;
                }
                if !change.added.is_empty() {
                    self.add(node, &change.added, holder)?;
                }
            }
            YamlShape::List(style, items) => {
                let layout = self.layout(node, holder);
                for (index, change) in change.children.iter() {
                    let index: usize = index.parse().ok()?;
                    let holder = if *style == Style::Block { Holder::Dash } else { Holder::Brackets(layout) };
                    let site = Site { node: &items.get(index)?.node, value: value.get(index)? };
                    self.change(site, change, holder)?;
                }
                if !change.slots.is_empty() {
                    self.insert(node, &change.slots, holder)?;
                }
            }
            YamlShape::Scalar | YamlShape::Alias(_) => {
                let is_leaf = change.children.is_empty() && change.added.is_empty() && change.slots.is_empty();
                is_leaf.then_some(())?;
            }
        }
        self.depth -= 1;
        Some(())
    }

    /// Replaces a value.
    fn set(&mut self, site: Site<'_>, new: &Ordered, holder: Holder) -> Option<()> {
        match holder {
            Holder::Brackets(layout) => self.set_in_brackets(site.node, new, layout),
            Holder::Key(column) => self.set_in_block(site, new, column),
            Holder::Root | Holder::Dash => None,
        }
    }

    fn splice(&mut self, at: usize, removed: usize, text: &str) {
        let text = if self.newline == "\n" { text.to_owned() } else { text.replace('\n', self.newline) };
        self.splices.push(Splice { at, removed, text, depth: self.depth });
    }

    fn spliced(mut self) -> Option<String> {
        // Two splices meet at the end of a nested block. The inner lines must come before the outer ones.
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
