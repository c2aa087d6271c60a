//! One field of the file, and the checks that many fields need.

use std::collections::{BTreeMap, BTreeSet};

use super::problems::{Problem, Problems};
use super::tree::{NodeContent, ValueNode};
use crate::annotation::nearest;
use crate::text::Position;
use crate::text::shorten;

/// A field with its path, its position and its value.
pub(super) struct FileField<'n> {
    /// The path, such as `profiles.web.requests`. Empty for the whole file.
    pub(super) path: String,
    pub(super) name: &'n str,
    /// The position of the name. The value has its own.
    place: Position,
    pub(super) node: &'n ValueNode,
}

impl<'n> FileField<'n> {
    /// Creates the field that is the whole file.
    pub(super) fn whole(node: &'n ValueNode) -> Self {
        Self { path: String::new(), name: "", place: node.place, node }
    }

    /// Returns the fields of a mapping, or adds a problem if the value is no mapping. Of repeated fields, it returns
    /// the first; [`FileField::duplicates`] reports the others.
    pub(super) fn fields(&self, example: &str, problems: &mut Problems) -> Vec<FileField<'n>> {
        let NodeContent::Map(entries) = &self.node.content else {
            problems.push(self.kind_problem("a mapping", example));
            return Vec::new();
        };
        let mut seen = BTreeSet::new();
        let first = entries.iter().filter(|entry| seen.insert(entry.key.as_str()));
        first.map(|entry| self.below(&entry.key, entry.place, &entry.value)).collect()
    }

    /// Returns an item of a list as a field.
    pub(super) fn item(&self, number: usize, node: &'n ValueNode) -> FileField<'n> {
        FileField { path: format!("{}[{number}]", self.path), name: "", place: node.place, node }
    }

    /// Finds repeated names in this mapping and all mappings in it. In YAML, the last one would silently win.
    pub(super) fn duplicates(&self, problems: &mut Problems) {
        match &self.node.content {
            NodeContent::Map(entries) => {
                let mut seen = BTreeMap::new();
                for entry in entries {
                    let field = self.below(&entry.key, entry.place, &entry.value);
                    if let Some(first) = seen.insert(entry.key.as_str(), entry.place.line) {
                        let message = format!("repeated field, first in line {first}; expected each field once");
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

    /// Creates a problem at the value.
    pub(super) fn problem(&self, message: &str) -> Problem {
        Problem::new(self.node.place, &self.path, message)
    }

    /// Creates a problem at the name.
    pub(super) fn name_problem(&self, message: &str) -> Problem {
        Problem::new(self.place, &self.path, message)
    }

    /// Creates the problem of a value with the wrong type.
    pub(super) fn kind_problem(&self, expected: &str, example: &str) -> Problem {
        let found = match (&self.node.content, self.node.kind()) {
            (_, "null") if self.path.is_empty() => "the file is empty".to_owned(),
            (_, kind) if self.path.is_empty() => format!("the file is {kind}"),
            (NodeContent::Text(text), kind) => format!("found {kind}, \"{}\"", shorten(text)),
            (NodeContent::Number(number), kind) => format!("found {kind}, {number}"),
            (_, kind) => format!("found {kind}"),
        };
        self.problem(&format!("{found}; expected {expected}, for example {example}"))
    }

    /// Creates the problem of an unknown field.
    pub(super) fn unknown<'c>(&self, known: impl Iterator<Item = &'c str> + Clone) -> Problem {
        let expected = match nearest(self.name, known.clone()) {
            Some(meant) => format!("did you mean {meant}?"),
            None => format!("expected one of {}", known.collect::<Vec<_>>().join(", ")),
        };
        self.name_problem(&format!("unknown field; {expected}"))
    }

    /// Returns the string, or adds a problem if the value is no string. `null` counts as absent.
    pub(super) fn string(&self, example: &str, problems: &mut Problems) -> Option<&'n str> {
        match &self.node.content {
            NodeContent::Text(text) => return Some(text),
            NodeContent::Null => {}
            _ => problems.push(self.kind_problem("a string", example)),
        }
        None
    }

    /// Returns the boolean, or adds a problem if the value is no boolean. `null` counts as absent.
    pub(super) fn boolean(&self, example: &str, problems: &mut Problems) -> Option<bool> {
        match &self.node.content {
            NodeContent::Bool(value) => return Some(*value),
            NodeContent::Null => {}
            _ => problems.push(self.kind_problem("true or false", example)),
        }
        None
    }

    /// Adds a problem if the value is not this string.
    pub(super) fn must_be(&self, expected: &str, problems: &mut Problems) {
        if !matches!(&self.node.content, NodeContent::Text(text) if text == expected) {
            let found = match &self.node.content {
                NodeContent::Text(text) => format!("unsupported value \"{}\"", shorten(text)),
                _ => format!("found {}", self.node.kind()),
            };
            problems.push(self.problem(&format!("{found}; expected \"{expected}\"")));
        }
    }

    /// Returns the value with this name, or adds a problem if there is none. `null` counts as absent.
    pub(super) fn one_of<T: Copy>(&self, all: &[T], name: fn(T) -> &'static str, problems: &mut Problems) -> Option<T> {
        let names = || all.iter().map(|it| name(*it));
        let first = names().next().unwrap_or_default();
        let text = self.string(first, problems)?;
        let found = all.iter().copied().find(|it| name(*it) == text);
        if found.is_none() {
            let meant = nearest(text, names()).unwrap_or(first);
            let names = names().collect::<Vec<_>>().join(" or ");
            let text = shorten(text);
            problems
                .push(self.problem(&format!("unknown value \"{text}\": expected {names}, for example \"{meant}\"")));
        }
        found
    }

    fn below(&self, name: &'n str, place: Position, node: &'n ValueNode) -> FileField<'n> {
        let dot = if self.path.is_empty() { "" } else { "." };
        FileField { path: format!("{}{dot}{}", self.path, shorten(name)), name, place, node }
    }
}
