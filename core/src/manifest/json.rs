//! JSON documents. They are read as YAML for positions, and as JSON for the values.

use serde_json::Value;

use super::chunk::Chunk;
use super::{ReadError, ReadErrorKind};
use crate::text::{Position, sentence};

/// Checks that a JSON document has the same value as YAML.
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

/// Returns the parser's error, shortened and without its position.
pub(super) fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    sentence(text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text))
}

/// Compares two values. Numbers always match: the parsers may round the last digits differently.
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
