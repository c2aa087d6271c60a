//! The field `results`: findings about items, and problems of the functionConfig.

use std::fmt;

use json_patch::jsonptr::PointerBuf;
use serde_json::{Value, json};

use crate::cli::analysis::{Finding, Level};
use crate::cli::io::input::tame;

/// The annotations with the file of an item and its index there. Runners write the first ones, users read the second ones.
const PATH: [&str; 2] = ["internal.config.kubernetes.io/path", "config.kubernetes.io/path"];
const INDEX: [&str; 2] = ["internal.config.kubernetes.io/index", "config.kubernetes.io/index"];

/// The reference to an item or to the functionConfig.
#[derive(Clone)]
pub(super) struct ResourceRef {
    pub(super) api_version: String,
    pub(super) kind: String,
    namespace: String,
    name: String,
}

/// One result.
pub(super) struct ResultItem {
    pub(super) level: Level,
    code: String,
    message: String,
    reference: ResourceRef,
    /// The path in the notation of the API: `metadata.annotations[podwright.dev/inject]`. Empty for the whole item.
    field: String,
    /// The value of the field, if it is a scalar.
    current: Option<Value>,
    file: Option<String>,
    index: Option<u64>,
}

impl ResourceRef {
    pub(super) fn of(object: &Value) -> Self {
        let text = |at: Option<&Value>| at.and_then(Value::as_str).unwrap_or_default().to_owned();
        let metadata = object.get("metadata");
        Self {
            api_version: text(object.get("apiVersion")),
            kind: text(object.get("kind")),
            namespace: text(metadata.and_then(|metadata| metadata.get("namespace"))),
            name: text(metadata.and_then(|metadata| metadata.get("name"))),
        }
    }
}

impl ResultItem {
    /// Describes a finding about an item; `path` leads to its field.
    pub(super) fn of(item: &Value, path: Option<PointerBuf>, finding: &Finding) -> Self {
        let annotation = |names: [&str; 2]| {
            let annotations = item.get("metadata")?.get("annotations")?;
            names.into_iter().find_map(|name| annotations.get(name)?.as_str())
        };
        let current = path.as_ref().and_then(|path| item.pointer(path.as_str()));
        Self {
            level: finding.level,
            code: finding.code.clone(),
            message: finding.message.clone(),
            reference: ResourceRef::of(item),
            field: path.as_ref().map(field_path).unwrap_or_default(),
            current: current.filter(|value| !value.is_object() && !value.is_array()).cloned(),
            file: annotation(PATH).map(str::to_owned),
            index: annotation(INDEX).and_then(|index| index.parse().ok()),
        }
    }

    /// Describes an error of the functionConfig.
    pub(super) fn error(code: &str, reference: ResourceRef, field: String, message: String) -> Self {
        let (level, code) = (Level::Error, code.to_owned());
        Self { level, code, message, reference, field, current: None, file: None, index: None }
    }

    /// Formats the result as the specification has it.
    pub(super) fn value(&self) -> Value {
        let severity = if self.level == Level::Note { "info" } else { self.level.as_str() };
        let mut result = json!({
            "message": format!("{} [{}]", self.message, self.code),
            "severity": severity,
            "resourceRef": self.reference.value(),
        });
        let mut set = |name: &str, value: Value| {
            if let Some(result) = result.as_object_mut() {
                result.insert(name.to_owned(), value);
            }
        };
        match &self.current {
            _ if self.field.is_empty() => {}
            None => set("field", json!({"path": self.field})),
            Some(current) => set("field", json!({"path": self.field, "currentValue": current})),
        }
        match (&self.file, self.index) {
            (None, _) => {}
            (Some(file), None) => set("file", json!({"path": file})),
            (Some(file), Some(index)) => set("file", json!({"path": file, "index": index})),
        }
        set("tags", json!({"code": self.code}));
        result
    }
}

impl ResourceRef {
    fn value(&self) -> Value {
        let fields = [
            ("apiVersion", &self.api_version),
            ("kind", &self.kind),
            ("namespace", &self.namespace),
            ("name", &self.name),
        ];
        fields.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name, text.as_str())).collect()
    }
}

/// Writes `error: Deployment shop/web (web.yaml): MESSAGE [CODE]`.
impl fmt::Display for ResultItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In kubectl's form.
        let word = if self.level == Level::Warning { "Warning" } else { self.level.as_str() };
        let ResourceRef { kind, namespace, name, .. } = &self.reference;
        let slash = if namespace.is_empty() { "" } else { "/" };
        let name = [namespace, slash, name].concat();
        let file = self.file.as_ref().map(|file| format!("({file})")).unwrap_or_default();
        // Kind, name and file may each be absent.
        let parts: Vec<&str> =
            [kind, &name, &file].into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let object = if parts.is_empty() { "functionConfig".to_owned() } else { tame(&parts.join(" ")) };
        // A message about the functionConfig does not name its field.
        let field = if self.field.is_empty() || self.message.contains("podwright.dev/") { "" } else { &self.field };
        let colon = if field.is_empty() { "" } else { ": " };
        write!(f, "{word}: {object}: {}{colon}{} [{}]", tame(field), tame(&self.message), self.code)
    }
}

/// Formats a path in the notation of the API: `spec.containers[0].name`, `metadata.labels[app.kubernetes.io/name]`.
fn field_path(path: &PointerBuf) -> String {
    let mut text = String::new();
    for token in path.tokens() {
        let step = token.decoded();
        let is_plain = step.chars().all(|c| c.is_ascii_alphanumeric());
        let is_index = step.chars().all(|c| c.is_ascii_digit());
        match (is_plain && !is_index, text.is_empty()) {
            (true, true) => text += &step,
            (true, false) => text += &format!(".{step}"),
            (false, _) => text += &format!("[{step}]"),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use json_patch::jsonptr::PointerBuf;

    use super::field_path;

    #[test]
    fn paths_are_those_of_the_api() {
        let path = |pointer: &str| field_path(&PointerBuf::parse(pointer).unwrap_or_default());
        assert_eq!(path("/spec/containers/0/name"), "spec.containers[0].name");
        assert_eq!(path("/metadata/annotations/podwright.dev~1inject"), "metadata.annotations[podwright.dev/inject]");
        assert_eq!(path("/metadata/labels/app"), "metadata.labels.app");
    }
}
