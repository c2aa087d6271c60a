//! One field of the file: its path and place, and the few questions that are asked of it.

use std::collections::{BTreeMap, BTreeSet};

use super::problems::{Problem, Problems};
use super::tree::{NodeContent, ValueNode};
use crate::annotation::nearest;
use crate::text::Position;
use crate::text::shorten;

/// A field: where it is, among the others and in the file, and its value.
pub(super) struct FileField<'n> {
    /// `profiles.web.requests`; empty for the file as a whole.
    pub(super) path: String,
    pub(super) name: &'n str,
    /// Of the name; the value has its own.
    place: Position,
    pub(super) node: &'n ValueNode,
}

impl<'n> FileField<'n> {
    /// The file as a whole.
    pub(super) fn whole(node: &'n ValueNode) -> Self {
        Self { path: String::new(), name: "", place: node.place, node }
    }

    /// The fields of a mapping, each once: of two with one name the first, as [`FileField::duplicates`] says so. None where it
    /// is no mapping, and that is a problem.
    pub(super) fn fields(&self, example: &str, problems: &mut Problems) -> Vec<FileField<'n>> {
        let NodeContent::Map(entries) = &self.node.content else {
            problems.push(self.kind_problem("a mapping", example));
            return Vec::new();
        };
        let mut seen = BTreeSet::new();
        let first = entries.iter().filter(|entry| seen.insert(entry.key.as_str()));
        first.map(|entry| self.below(&entry.key, entry.place, &entry.value)).collect()
    }

    /// The items of a list, by their numbers.
    pub(super) fn item(&self, number: usize, node: &'n ValueNode) -> FileField<'n> {
        FileField { path: format!("{}[{number}]", self.path), name: "", place: node.place, node }
    }

    /// Says which names stand twice in a mapping, here and below. A later one would silently win.
    pub(super) fn duplicates(&self, problems: &mut Problems) {
        match &self.node.content {
            NodeContent::Map(entries) => {
                let mut seen = BTreeMap::new();
                for entry in entries {
                    let field = self.below(&entry.key, entry.place, &entry.value);
                    if let Some(first) = seen.insert(entry.key.as_str(), entry.place.line) {
                        let message = format!("stands here again, after line {first}; expected each field once");
                        problems.push(Problem::new(field.place, &field.path, &message));
                    }
                    field.duplicates(problems);
                }
            }
            NodeContent::List(items) => {
                items.iter().enumerate().for_each(|(number, item)| self.item(number, item).duplicates(problems));
            }
            _ => {}
        }
    }

    /// A problem with the value.
    pub(super) fn problem(&self, message: &str) -> Problem {
        Problem::new(self.node.place, &self.path, message)
    }

    /// A problem with the name.
    pub(super) fn name_problem(&self, message: &str) -> Problem {
        Problem::new(self.place, &self.path, message)
    }

    /// The problem that the value is of another kind, or another value, than what was expected.
    pub(super) fn kind_problem(&self, expected: &str, example: &str) -> Problem {
        let said = match &self.node.content {
            NodeContent::Text(text) => format!("\"{}\" ", shorten(text)),
            NodeContent::Number(number) => format!("{number} "),
            _ => String::new(),
        };
        let (said, kind) = match self.node.kind() {
            "null" if self.path.is_empty() => ("the file ".to_owned(), "empty"),
            kind if self.path.is_empty() => ("the file ".to_owned(), kind),
            kind => (said, kind),
        };
        self.problem(&format!("{said}is {kind}; expected {expected}, for example {example}"))
    }

    /// The problem that no such field is known here.
    pub(super) fn unknown<'c>(&self, known: impl Iterator<Item = &'c str> + Clone) -> Problem {
        let expected = match nearest(self.name, known.clone()) {
            Some(meant) => format!("did you mean {meant}?"),
            None => format!("expected one of {}", known.collect::<Vec<_>>().join(", ")),
        };
        self.name_problem(&format!("is not a field that is known here; {expected}"))
    }

    /// The string, where it is one; `null` is as if the field were absent.
    pub(super) fn string(&self, example: &str, problems: &mut Problems) -> Option<&'n str> {
        match &self.node.content {
            NodeContent::Text(text) => return Some(text),
            NodeContent::Null => {}
            _ => problems.push(self.kind_problem("a string", example)),
        }
        None
    }

    /// Demands just this string.
    pub(super) fn must_be(&self, expected: &str, problems: &mut Problems) {
        if !matches!(&self.node.content, NodeContent::Text(text) if text == expected) {
            let said = match &self.node.content {
                NodeContent::Text(text) => format!("\"{}\" is not what this version reads", shorten(text)),
                _ => format!("is {}", self.node.kind()),
            };
            problems.push(self.problem(&format!("{said}; expected \"{expected}\"")));
        }
    }

    /// The value of this name among them; `null` is as if the field were absent.
    pub(super) fn one_of<T: Copy>(&self, all: &[T], name: fn(T) -> &'static str, problems: &mut Problems) -> Option<T> {
        let names = || all.iter().map(|it| name(*it));
        let first = names().next().unwrap_or_default();
        let text = self.string(first, problems)?;
        let found = all.iter().copied().find(|it| name(*it) == text);
        if found.is_none() {
            let meant = nearest(text, names()).unwrap_or(first);
            let names = names().collect::<Vec<_>>().join(" or ");
            let said = shorten(text);
            problems.push(self.problem(&format!("\"{said}\" is not known; expected {names}, for example \"{meant}\"")));
        }
        found
    }

    fn below(&self, name: &'n str, place: Position, node: &'n ValueNode) -> FileField<'n> {
        let dot = if self.path.is_empty() { "" } else { "." };
        FileField { path: format!("{}{dot}{}", self.path, shorten(name)), name, place, node }
    }
}
