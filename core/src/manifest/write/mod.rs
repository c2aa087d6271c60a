//! Values as text: YAML in the style of kubectl, and JSON.

mod quoting;

use serde_json::Value;

use super::ordered::Ordered;
pub(super) use quoting::{Context, scalar};

/// The layout of lists in block YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lists {
    /// Items start in the column of their key.
    Flush,
    /// Items start two columns further.
    Indented,
}

/// Writes a document in block style, with lists as in kubectl.
pub(super) fn yaml(document: &Ordered) -> String {
    let mut writer = Block { out: String::new(), lists: Lists::Flush };
    writer.contents(document, 0);
    writer.out
}

/// Writes a document as JSON, with two columns for each level.
pub(super) fn json(document: &Ordered) -> String {
    let mut out = String::new();
    flow(document, Flow { json: true, lines: Some(LineLayout { indent: 0, step: 2 }) }, &mut out);
    out.push('\n');
    out
}

/// A writer for block YAML. Every line ends with a line feed.
pub(super) struct Block {
    pub(super) out: String,
    pub(super) lists: Lists,
}

impl Block {
    /// Writes the lines of a value, with its members or items at this column.
    pub(super) fn contents(&mut self, value: &Ordered, indent: usize) {
        match value {
            Ordered::Map(members) if !members.is_empty() => {
                members.iter().for_each(|(name, value)| self.member(name, value, indent));
            }
            Ordered::List(items) if !items.is_empty() => items.iter().for_each(|item| self.item(item, indent)),
            other => {
                self.indent(indent);
                self.inline(other, indent);
                self.out.push('\n');
            }
        }
    }

    /// Writes `name: value`.
    pub(super) fn member(&mut self, name: &str, value: &Ordered, indent: usize) {
        self.indent(indent);
        self.key_and_value(name, value, indent);
    }

    /// Writes `- value`.
    pub(super) fn item(&mut self, item: &Ordered, indent: usize) {
        self.indent(indent);
        self.out.push_str("- ");
        match item {
            Ordered::Map(members) => match members.split_first() {
                Some(((name, value), rest)) => {
                    self.key_and_value(name, value, indent + 2);
                    rest.iter().for_each(|(name, value)| self.member(name, value, indent + 2));
                }
                None => self.out.push_str("{}\n"),
            },
            Ordered::List(items) => match items.front() {
                Some(_) => self.nested(items.iter(), indent + 2),
                None => self.out.push_str("[]\n"),
            },
            leaf => {
                self.inline(leaf, indent);
                self.out.push('\n');
            }
        }
    }

    /// Writes `- - value`: the first item of a nested list is on the line of its parent.
    fn nested<'o>(&mut self, items: impl Iterator<Item = &'o Ordered>, indent: usize) {
        for (index, item) in items.enumerate() {
            let from = self.out.len();
            self.item(item, indent);
            if index == 0 {
                self.out.replace_range(from..from + indent, "");
            }
        }
    }

    fn key_and_value(&mut self, name: &str, value: &Ordered, indent: usize) {
        self.out.push_str(&scalar(&Value::from(name), Context::Block));
        self.out.push(':');
        self.value(value, indent);
    }

    /// Writes the value of a key at this column, after the `:` and below it.
    pub(super) fn value(&mut self, value: &Ordered, indent: usize) {
        match value {
            Ordered::Map(members) if !members.is_empty() => {
                self.out.push('\n');
                self.contents(value, indent + 2);
            }
            Ordered::List(items) if !items.is_empty() => {
                self.out.push('\n');
                self.contents(value, if self.lists == Lists::Flush { indent } else { indent + 2 });
            }
            other => {
                self.out.push(' ');
                self.inline(other, indent);
                self.out.push('\n');
            }
        }
    }

    /// Writes a value on the line of its key at `indent`. A text of several lines goes below, two columns further.
    fn inline(&mut self, value: &Ordered, indent: usize) {
        match value {
            Ordered::Map(_) => self.out.push_str("{}"),
            Ordered::List(_) => self.out.push_str("[]"),
            Ordered::Leaf(Value::String(text)) if quoting::fits_block(text) => self.lines(text, indent + 2),
            Ordered::Leaf(leaf) => self.out.push_str(&scalar(leaf, Context::Block)),
        }
    }

    /// Writes `|` and the lines of a text.
    fn lines(&mut self, text: &str, indent: usize) {
        let body = text.strip_suffix('\n').unwrap_or(text);
        self.out.push_str(match (text.ends_with('\n'), body.ends_with('\n')) {
            (false, _) => "|-",
            (true, false) => "|",
            (true, true) => "|+",
        });
        for line in body.split('\n') {
            self.out.push('\n');
            if !line.is_empty() {
                self.indent(indent);
                self.out.push_str(line);
            }
        }
    }

    fn indent(&mut self, columns: usize) {
        self.out.extend(std::iter::repeat_n(' ', columns));
    }
}

/// The layout of flow YAML.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flow {
    /// True for JSON, with all strings in double quotes.
    pub(super) json: bool,
    /// The layout with a line for each member. `None` means one line for all.
    pub(super) lines: Option<LineLayout>,
}

/// The columns of members on lines of their own.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineLayout {
    /// The indentation of the line with the opening bracket.
    pub(super) indent: usize,
    /// The columns for each level.
    pub(super) step: usize,
}

/// Writes a value in brackets.
pub(super) fn flow(value: &Ordered, layout: Flow, out: &mut String) {
    match value {
        Ordered::Leaf(leaf) => out.push_str(&layout.scalar(leaf)),
        Ordered::List(items) => layout.collection(['[', ']'], items.iter(), out, |item, layout, out| {
            flow(item, layout, out);
        }),
        Ordered::Map(members) => layout.collection(['{', '}'], members.iter(), out, |(name, value), layout, out| {
            layout.member(name, value, out);
        }),
    }
}

impl Flow {
    /// Writes `name: value`.
    pub(super) fn member(self, name: &str, value: &Ordered, out: &mut String) {
        out.push_str(&self.scalar(&Value::from(name)));
        out.push_str(": ");
        flow(value, self, out);
    }

    pub(super) fn scalar(self, leaf: &Value) -> String {
        if self.json { leaf.to_string() } else { scalar(leaf, Context::Flow) }
    }

    fn collection<T>(
        self,
        [open, close]: [char; 2],
        parts: impl ExactSizeIterator<Item = T>,
        out: &mut String,
        write: impl Fn(T, Self, &mut String),
    ) {
        let deeper = self.lines.map(|LineLayout { indent, step }| LineLayout { indent: indent + step, step });
        let count = parts.len();
        out.push(open);
        for (index, part) in parts.enumerate() {
            if index > 0 {
                out.push_str(if deeper.is_some() { "," } else { ", " });
            }
            new_line(deeper, out);
            write(part, Self { lines: deeper, ..self }, out);
        }
        new_line(self.lines.filter(|_| count > 0), out);
        out.push(close);
    }
}

fn new_line(lines: Option<LineLayout>, out: &mut String) {
    if let Some(LineLayout { indent, .. }) = lines {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent));
    }
}
