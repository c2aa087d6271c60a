//! One object of a whole Probe: its fields by the API's names, and under which path an author finds them.

use serde_json::{Map, Value};

use super::errors::ProbeFaults;
use super::values::{self, has};
use crate::annotation::Expected;
use crate::text::shorten;

/// The fields of an object, and its path in the Probe.
pub(super) struct ObjectSchema {
    /// `httpGet`, or nothing for the Probe itself.
    pub(super) path: &'static str,
    /// A whole Probe that would do.
    pub(super) example: &'static str,
    /// Its fields.
    pub(super) fields: &'static [&'static str],
    /// Other names that authors write, each with the field that is meant.
    pub(super) also: &'static [(&'static str, &'static str)],
}

/// An object of that shape.
#[derive(Clone, Copy)]
pub(super) struct ApiObject<'t> {
    shape: &'static ObjectSchema,
    fields: &'t Map<String, Value>,
}

impl<'t> ApiObject<'t> {
    /// Reads an object; each field that it should not have is a fault.
    pub(super) fn read(value: &'t Value, shape: &'static ObjectSchema, faults: &mut ProbeFaults) -> Option<Self> {
        let Value::Object(fields) = value else {
            let whole = if shape.path.is_empty() { "the text" } else { shape.path };
            let problem = has(whole, &shown(value), "is not an object; expected one, in braces or indented");
            faults.push(Expected::new(problem, shape.example));
            return None;
        };
        for (name, value) in fields.iter().filter(|(name, value)| shape.is_strange(name, value)) {
            faults.push_with(|| shape.strange(name, value));
        }
        Some(Self { shape, fields })
    }

    /// The value of the field; `null` counts as missing.
    pub(super) fn get(self, name: &str) -> Option<&'t Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    /// The text at the field. The API takes no number for one, and neither what YAML reads as one.
    pub(super) fn text(self, name: &str) -> Result<Option<&'t str>, Expected> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong(name, other, "is not a text; expected one, in quotes")),
        }
    }

    /// The text at the field, as `read` reads it. Where it is empty, the API server fills in its default.
    pub(super) fn read_text<T>(
        self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, &'static str>,
    ) -> Result<Option<T>, Expected> {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        text.map(|text| read(text).map_err(|problem| self.wrong_text(name, text, problem))).transpose()
    }

    /// The list at the field.
    pub(super) fn list(self, name: &str) -> Result<&'t [Value], Expected> {
        match self.get(name) {
            None => Ok(&[]),
            Some(Value::Array(values)) => Ok(values),
            Some(other) => Err(self.wrong(name, other, "is not a list; expected one, in brackets or a line each")),
        }
    }

    /// A fault in the value at the field.
    pub(super) fn wrong(self, name: &str, value: &Value, problem: &str) -> Expected {
        self.wrong_text(name, &shown(value), problem)
    }

    /// A fault in the text at the field.
    pub(super) fn wrong_text(self, name: &str, text: &str, problem: &str) -> Expected {
        Expected::new(has(&self.shape.at(name), text, problem), self.shape.example)
    }
}

impl ObjectSchema {
    fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Whether a field of this name is refused without reading it.
    fn is_strange(&self, name: &str, value: &Value) -> bool {
        let none = value.is_null() || value.as_str() == Some("");
        let is_known = self.fields.contains(&name) || (self.is_host(name) && none);
        !is_known
    }

    /// The fault for a refused field.
    fn strange(&self, name: &str, value: &Value) -> Expected {
        if self.is_host(name) {
            return Expected::new(has(&self.at(name), &shown(value), values::HOST), self.example);
        }
        self.unknown(name)
    }

    /// Whether this is the API's `host`, a sibling of `port`.
    fn is_host(&self, name: &str) -> bool {
        name == "host" && self.fields.contains(&"port")
    }

    fn unknown(&self, name: &str) -> Expected {
        let mut table: Vec<(&str, &str)> = self.fields.iter().map(|field| (*field, *field)).collect();
        table.extend(self.also);
        let (at, question, all) = (shorten(name), values::did_you_mean(name, &table), self.fields.join(", "));
        let of = if self.path.is_empty() { String::new() } else { format!(" of {}", self.path) };
        let problem = format!("has the field \"{at}\"{of}, which is not known{question}; expected {all}");
        Expected::new(problem, self.example)
    }
}

/// A text as it is, anything else as JSON.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
