//! One object of the full form, with the API's field names and with paths for messages.

use serde_json::{Map, Value};

use super::errors::ProbeFaults;
use super::values::{self, invalid};
use crate::annotation::Expected;
use crate::text::shorten;

/// The fields of an object, and its path in the Probe.
pub(super) struct ObjectSchema {
    /// The path, such as `httpGet`. Empty for the Probe itself.
    pub(super) path: &'static str,
    /// A valid Probe.
    pub(super) example: &'static str,
    /// The names of the fields.
    pub(super) fields: &'static [&'static str],
    /// Other names that authors may write, each with the correct field.
    pub(super) also: &'static [(&'static str, &'static str)],
}

/// An object with such fields.
#[derive(Clone, Copy)]
pub(super) struct ApiObject<'t> {
    shape: &'static ObjectSchema,
    fields: &'t Map<String, Value>,
}

impl<'t> ApiObject<'t> {
    /// Reads an object. Each unknown field is a fault.
    pub(super) fn read(value: &'t Value, shape: &'static ObjectSchema, faults: &mut ProbeFaults) -> Option<Self> {
        let Value::Object(fields) = value else {
            let whole = if shape.path.is_empty() { "probe" } else { shape.path };
            let problem = invalid(whole, &shown(value), "expected an object, in braces or indented");
            faults.push(Expected::new(problem, shape.example));
            return None;
        };
        for (name, value) in fields.iter().filter(|(name, value)| shape.is_strange(name, value)) {
            faults.push_with(|| shape.strange(name, value));
        }
        Some(Self { shape, fields })
    }

    /// Returns the value of a field. `null` counts as absent.
    pub(super) fn get(self, name: &str) -> Option<&'t Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    /// Returns the text of a field. Like the API, it accepts no number.
    pub(super) fn text(self, name: &str) -> Result<Option<&'t str>, Expected> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong(name, other, "expected a string, in quotes")),
        }
    }

    /// Parses the text of a field with `read`. An empty text counts as absent, because the API server replaces it with
    /// a default.
    pub(super) fn read_text<T>(
        self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, &'static str>,
    ) -> Result<Option<T>, Expected> {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        text.map(|text| read(text).map_err(|problem| self.wrong_text(name, text, problem))).transpose()
    }

    /// Returns the list of a field.
    pub(super) fn list(self, name: &str) -> Result<&'t [Value], Expected> {
        match self.get(name) {
            None => Ok(&[]),
            Some(Value::Array(values)) => Ok(values),
            Some(other) => Err(self.wrong(name, other, "expected a list, in brackets or with a line for each item")),
        }
    }

    /// Creates a fault in the value of a field.
    pub(super) fn wrong(self, name: &str, value: &Value, problem: &str) -> Expected {
        self.wrong_text(name, &shown(value), problem)
    }

    /// Creates a fault in the text of a field.
    pub(super) fn wrong_text(self, name: &str, text: &str, problem: &str) -> Expected {
        Expected::new(invalid(&self.shape.at(name), text, problem), self.shape.example)
    }
}

impl ObjectSchema {
    fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Returns whether the object cannot have this field. An empty `host` is allowed.
    fn is_strange(&self, name: &str, value: &Value) -> bool {
        let none = value.is_null() || value.as_str() == Some("");
        let is_known = self.fields.contains(&name) || (self.is_host(name) && none);
        !is_known
    }

    /// Creates the fault for a field that the object cannot have.
    fn strange(&self, name: &str, value: &Value) -> Expected {
        if self.is_host(name) {
            return Expected::new(invalid(&self.at(name), &shown(value), values::HOST), self.example);
        }
        self.unknown(name)
    }

    /// Returns whether this is the API's `host`, which is beside `port`.
    fn is_host(&self, name: &str) -> bool {
        name == "host" && self.fields.contains(&"port")
    }

    fn unknown(&self, name: &str) -> Expected {
        let mut table: Vec<(&str, &str)> = self.fields.iter().map(|field| (*field, *field)).collect();
        table.extend(self.also);
        let (at, expected, all) = (shorten(name), values::expected(name, &table), self.fields.join(", "));
        let of = if self.path.is_empty() { String::new() } else { format!(" in {}", self.path) };
        let problem = format!("unknown field \"{at}\"{of}: {expected} {all}");
        Expected::new(problem, self.example)
    }
}

/// Returns the text of a string, or any other value as JSON.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
