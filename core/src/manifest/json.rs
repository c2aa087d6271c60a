//! JSON is read as YAML, for its places; and as what it is, for its meaning.

use serde_json::Value;

use super::split::Chunk;
use super::{Place, Unread};

/// Whether a document that kubectl takes for JSON means the same as the YAML that it also is.
pub(super) fn check(chunk: &Chunk<'_>, read: &Value) -> Result<(), Unread> {
    let unread = |line: usize, column: usize, sentence: String| {
        Unread::new(Place { line: chunk.line + line.max(1) - 1, column: column.max(1) }, sentence)
    };
    match serde_json::from_str::<Value>(chunk.text) {
        Ok(value) if alike(&value, read) => Ok(()),
        Ok(_) => Err(unread(1, 1, "the document means one thing as JSON and another as YAML".to_owned())),
        Err(error) => {
            let told = error.to_string();
            let told = told.rsplit_once(" at line ").map_or(told.as_str(), |(told, _)| told);
            Err(unread(error.line(), error.column(), format!("not JSON: {told}")))
        }
    }
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
