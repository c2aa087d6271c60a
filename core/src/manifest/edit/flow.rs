//! Edits in flow style, that is in brackets.

use super::block::ours;
use super::changes::ListSlot;
use super::{Editor, Holder};
use crate::manifest::ordered::Ordered;
use crate::manifest::write::{self, Flow, flow};
use crate::manifest::yaml_node::{ListItem, MapEntry, Style, YamlNode, YamlShape};

impl Editor<'_> {
    /// Returns the layout in these brackets: as JSON or with few quotes, on one line or on several.
    pub(super) fn layout(&self, node: &YamlNode, holder: Holder) -> Flow {
        let around = match holder {
            Holder::Brackets(layout) => Some(layout),
            Holder::Root | Holder::Key(_) | Holder::Dash => None,
        };
        let first = match &*node.shape {
            YamlShape::Map(Style::Flow, entries) => entries.first().map(|entry| entry.start),
            YamlShape::List(Style::Flow, items) => items.first().map(|item| item.dash),
            _ => None,
        };
        let Some(first) = first else { return around.unwrap_or(Flow { json: false, lines: None }) };
        let text = self.lines.text.get(first..).unwrap_or_default();
        let content = text.trim_start_matches(['{', '[', ' ', '\n', '\r', '\t']);
        let json = around.is_some_and(|layout| layout.json) || content.starts_with('"');
        let lines = self.lines.is_first(first).then(|| {
            let indent = self.lines.column(first);
            write::LineLayout { indent, step: indent.saturating_sub(self.lines.indent(node.start)) }
        });
        Flow { json, lines }
    }

    pub(super) fn set_in_brackets(&mut self, node: &YamlNode, new: &Ordered, layout: Flow) -> Option<()> {
        if matches!(*node.shape, YamlShape::Alias(_)) {
            return None;
        }
        let mut text = String::new();
        if node.start == node.end {
            text.push_str(if self.lines.text.get(..node.from)?.ends_with(':') { " " } else { ": " });
        }
        flow(new, layout, &mut text);
        self.splice(node.start, node.end - node.start, &text);
        Some(())
    }

    pub(super) fn add_in_brackets(
        &mut self,
        node: &YamlNode,
        entries: &[MapEntry],
        added: &[(String, Ordered)],
        holder: Holder,
    ) -> Option<()> {
        let layout = self.layout(node, holder);
        let Some(last) = entries.last() else {
            return self.set_in_brackets(node, &Ordered::Map(added.to_vec()), layout);
        };
        let mut text = String::new();
        for (name, value) in added {
            text.push(',');
            separate(layout, &mut text);
            layout.member(name, value, &mut text);
        }
        self.splice(last.value.end, 0, &text);
        Some(())
    }

    pub(super) fn insert_in_brackets(
        &mut self,
        node: &YamlNode,
        items: &[ListItem],
        slots: &[ListSlot],
        holder: Holder,
    ) -> Option<()> {
        let layout = self.layout(node, holder);
        let Some(last) = items.last() else {
            return self.set_in_brackets(node, &Ordered::List(ours(slots).cloned().collect()), layout);
        };
        let mut text = String::new();
        for slot in slots {
            match slot {
                ListSlot::Ours(item) => {
                    flow(item, layout, &mut text);
                    text.push(',');
                    separate(layout, &mut text);
                }
                ListSlot::Theirs(index) => {
                    self.splice(items.get(*index)?.dash, 0, &text);
                    text.clear();
                }
            }
        }
        let behind = text.trim_end().strip_suffix(',').unwrap_or_default();
        if !behind.is_empty() {
            let mut lead = String::from(",");
            separate(layout, &mut lead);
            self.splice(last.node.end, 0, &format!("{lead}{behind}"));
        }
        Some(())
    }
}

/// Writes the space or the line break after a comma.
fn separate(layout: Flow, out: &mut String) {
    match layout.lines {
        Some(write::LineLayout { indent, .. }) => {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
        }
        None => out.push(' '),
    }
}
