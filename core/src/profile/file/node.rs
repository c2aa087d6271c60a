//! The file as a tree in which every key and every value knows its place, so that whoever reads it can go on behind the
//! first mistake.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Error, Location, Spanned};

use super::problem::{Place, Problem};

/// The largest file that is read, in bytes: what etcd holds at most of a ConfigMap.
pub const BYTES: usize = 1024 * 1024;
/// Enough for some hundred profiles that say everything.
const NODES: usize = 50_000;
/// A profile's probe, whole, is nine deep.
const DEPTH: usize = 24;
/// Aliases may repeat, but not multiply.
const REPLAYED: usize = 10_000;

/// A value with its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) content: Content,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Content {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key with its place, and its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) place: Place,
    pub(super) key: String,
    pub(super) value: Node,
}

impl Node {
    /// Reads YAML, and so JSON, as kubectl reads it (`0644` is octal).
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        if text.len() > BYTES {
            return Err(Problem::new(Place::START, "", "the file is too large; expected at most 1 MiB"));
        }
        let options = serde_saphyr::options! {
            legacy_octal_numbers: true,
            with_snippet: false,
            // Found by whoever walks the tree, together with everything else.
            duplicate_keys: DuplicateKeyPolicy::PassThrough,
            non_finite_float_policy: NonFiniteFloatPolicy::AsString,
            budget: serde_saphyr::budget! { max_nodes: NODES, max_depth: DEPTH },
            alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: REPLAYED },
        };
        let read = serde_saphyr::from_str_with_options::<Spanned<Content>>(text, options);
        read.map(Self::from).map_err(|error| unread(&error))
    }

    /// What kind of value it is, for a sentence.
    pub(super) fn kind(&self) -> &'static str {
        match &self.content {
            Content::Null => "null",
            Content::Bool(true) => "true",
            Content::Bool(false) => "false",
            Content::Number(_) => "a number",
            Content::Text(_) => "a string",
            Content::List(_) => "a list",
            Content::Map(_) => "a mapping",
        }
    }

    /// The same without places.
    pub(super) fn to_json(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Bool(value) => Value::Bool(*value),
            Content::Number(number) => Value::Number(number.clone()),
            Content::Text(text) => Value::String(text.clone()),
            Content::List(items) => items.iter().map(Self::to_json).collect(),
            Content::Map(entries) => entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect(),
        }
    }
}

impl From<Spanned<Content>> for Node {
    fn from(spanned: Spanned<Content>) -> Self {
        Self { place: Place::from(spanned.defined), content: spanned.value }
    }
}

impl From<Location> for Place {
    fn from(location: Location) -> Self {
        Self { line: location.line().max(1), column: location.column().max(1) }
    }
}

/// What stopped the parser, at its place, and without that place in the sentence once more.
fn unread(error: &Error) -> Problem {
    let place = error.location().map_or(Place::START, Place::from);
    let told = match error.without_snippet() {
        Error::MultipleDocuments { .. } => "holds several documents; expected one".to_owned(),
        error => error.to_string(),
    };
    let told = told.split_once(" at line ").map_or(told.as_str(), |(told, _)| told);
    Problem::new(place, "", told)
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Content, E> {
        Ok(Content::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Content, E> {
        Ok(Number::from_f64(value).map_or_else(|| Content::Text(value.to_string()), Content::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Content, E> {
        Ok(Content::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Content, A::Error> {
        let mut nodes = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Content>>()? {
            nodes.push(Node::from(item));
        }
        Ok(Content::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let value = Node::from(map.next_value::<Spanned<Content>>()?);
            entries.push(Entry { place: Place::from(key.defined), key: key.value, value });
        }
        Ok(Content::Map(entries))
    }
}
