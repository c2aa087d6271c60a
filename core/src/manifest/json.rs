//! JSON is read as YAML, for its places; and as what it is, for its meaning.

use serde_json::Value;

use super::chunk::Chunk;
use super::{ReadError, ReadErrorKind};
use crate::text::{Position, sentence};

/// Whether a document that kubectl takes for JSON means the same as the YAML that it also is.
pub(super) fn check(chunk: &Chunk<'_>, read: &Value) -> Result<(), ReadError> {
    let unread = |line: usize, column: usize, kind: ReadErrorKind| {
        ReadError::new(Position { line: chunk.line + line.max(1) - 1, column: column.max(1) }, kind)
    };
    match serde_json::from_str::<Value>(chunk.text) {
        Ok(value) if alike(&value, read) => Ok(()),
        Ok(_) => Err(unread(1, 1, ReadErrorKind::JsonAndYamlDiffer)),
        Err(error) => {
            let kind = ReadErrorKind::NotJson(without_place(&error));
            Err(unread(error.line(), error.column(), kind))
        }
    }
}

/// The parser's sentence without its place, of bounded length.
pub(super) fn without_place(error: &serde_json::Error) -> String {
    let told = error.to_string();
    sentence(told.rsplit_once(" at line ").map_or(told.as_str(), |(told, _)| told))
}

/// The same, but for the last digits of numbers.
fn alike(json: &Value, yaml: &Value) -> bool {
    match (json, yaml) {
        (Value::Number(_), Value::Number(_)) => true,
        (Value::Array(json), Value::Array(yaml)) => {
            json.len() == yaml.len() && json.iter().zip(yaml).all(|(json, yaml)| alike(json, yaml))
        }
        (Value::Object(json), Value::Object(yaml)) => {
            json.len() == yaml.len()
                && json.iter().all(|(name, json)| yaml.get(name).is_some_and(|yaml| alike(json, yaml)))
        }
        (json, yaml) => json == yaml,
    }
}
