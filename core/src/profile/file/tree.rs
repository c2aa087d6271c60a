//! The file as a tree with the position of each key and value. Its readers continue after the first problem.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Error, Location, Spanned};

use super::problems::Problem;
use crate::text::Position;

/// The limit for a file: the size of the largest ConfigMap.
pub const BYTES: usize = 1024 * 1024;
/// The limit for values, enough for some hundred profiles with every setting.
const NODES: usize = 50_000;
/// The limit for nesting. A profile's probe in full form has nine levels.
const DEPTH: usize = 24;
/// The limit for values from aliases. Nested aliases would multiply them.
const REPLAYED: usize = 10_000;

/// A value with its position.
#[derive(Debug)]
pub(super) struct ValueNode {
    pub(super) place: Position,
    pub(super) content: NodeContent,
}

/// The content of a value.
#[derive(Debug)]
pub(super) enum NodeContent {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<ValueNode>),
    Map(Vec<NodeEntry>),
}

/// A key with its position, and its value.
#[derive(Debug)]
pub(super) struct NodeEntry {
    pub(super) place: Position,
    pub(super) key: String,
    pub(super) value: ValueNode,
}

impl ValueNode {
    /// Parses YAML or JSON, with `0644` as octal like kubectl.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        if text.len() > BYTES {
            return Err(Problem::new(Position::START, "", "the file is too large; expected at most 1 MiB"));
        }
        let options = serde_saphyr::options! {
            legacy_octal_numbers: true,
            with_snippet: false,
            // `FileField::duplicates` reports them with the other problems.
            duplicate_keys: DuplicateKeyPolicy::PassThrough,
            non_finite_float_policy: NonFiniteFloatPolicy::AsString,
            budget: serde_saphyr::budget! { max_nodes: NODES, max_depth: DEPTH },
            alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: REPLAYED },
        };
        let read = serde_saphyr::from_str_with_options::<Spanned<NodeContent>>(text, options);
        read.map(Self::from).map_err(|error| unread(&error))
    }

    /// Returns the kind of the value, for a message.
    pub(super) fn kind(&self) -> &'static str {
        match &self.content {
            NodeContent::Null => "null",
            NodeContent::Bool(true) => "true",
            NodeContent::Bool(false) => "false",
            NodeContent::Number(_) => "a number",
            NodeContent::Text(_) => "a string",
            NodeContent::List(_) => "a list",
            NodeContent::Map(_) => "a mapping",
        }
    }

    /// Returns the value without positions.
    pub(super) fn to_json(&self) -> Value {
        match &self.content {
            NodeContent::Null => Value::Null,
            NodeContent::Bool(value) => Value::Bool(*value),
            NodeContent::Number(number) => Value::Number(number.clone()),
            NodeContent::Text(text) => Value::String(text.clone()),
            NodeContent::List(items) => items.iter().map(Self::to_json).collect(),
            NodeContent::Map(entries) => {
                entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect()
            }
        }
    }
}

impl From<Spanned<NodeContent>> for ValueNode {
    fn from(spanned: Spanned<NodeContent>) -> Self {
        Self { place: position(spanned.defined), content: spanned.value }
    }
}

/// Converts the parser's position. Lines and columns begin at 1.
fn position(location: Location) -> Position {
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).max(1);
    Position { line: number(location.line()), column: number(location.column()) }
}

/// Converts a syntax error. Removes the position from its text, because the problem has it.
fn unread(error: &Error) -> Problem {
    let place = error.location().map_or(Position::START, position);
    let text = match error.without_snippet() {
        Error::MultipleDocuments { .. } => "several YAML documents; expected one".to_owned(),
        error => error.to_string(),
    };
    let text = text.split_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    Problem::new(place, "", text)
}

impl<'de> Deserialize<'de> for NodeContent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeContentVisitor)
    }
}

struct NodeContentVisitor;

impl<'de> Visitor<'de> for NodeContentVisitor {
    type Value = NodeContent;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<NodeContent, E> {
        Ok(NodeContent::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<NodeContent, E> {
        Ok(NodeContent::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<NodeContent, E> {
        Ok(NodeContent::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<NodeContent, E> {
        Ok(NodeContent::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<NodeContent, E> {
        Ok(Number::from_f64(value).map_or_else(|| NodeContent::Text(value.to_string()), NodeContent::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<NodeContent, E> {
        Ok(NodeContent::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<NodeContent, A::Error> {
        let mut nodes = Vec::new();
        while let Some(item) = items.next_element::<Spanned<NodeContent>>()? {
            nodes.push(ValueNode::from(item));
        }
        Ok(NodeContent::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NodeContent, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let value = ValueNode::from(map.next_value::<Spanned<NodeContent>>()?);
            entries.push(NodeEntry { place: position(key.defined), key: key.value, value });
        }
        Ok(NodeContent::Map(entries))
    }
}
