//! The values of frequent edits.
//!
//! They borrow from the wishes, which saves a dozen allocations for each. Other edits use the API's own types.

use std::borrow::Cow;

use k8s_openapi::api::core::v1::{EnvVarSource, ObjectFieldSelector, ResourceFieldSelector};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use serde::Serialize;

use crate::annotation::downward::{FieldPath, ResourceField};

/// `env[*]`
#[derive(Clone, Debug, PartialEq)]
pub struct Variable<'p> {
    /// `name`
    pub name: &'p str,
    /// `value` or `valueFrom`
    pub value: Value<'p>,
}

/// The value of a variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'p> {
    /// `value`
    Literal(Cow<'p, str>),
    /// `valueFrom.fieldRef`
    Field(&'p FieldPath),
    /// `valueFrom.resourceFieldRef`
    Resource(ResourceField),
}

impl Value<'_> {
    /// Returns the literal; `None` for `valueFrom`.
    pub(in crate::inject) fn literal(&self) -> Option<&str> {
        match self {
            Self::Literal(text) => Some(text),
            Self::Field(_) | Self::Resource(_) => None,
        }
    }

    /// Returns `valueFrom` as the API's own type, for comparison; `None` for a literal.
    pub(in crate::inject) fn source(&self) -> Option<EnvVarSource> {
        match self {
            Self::Literal(_) => None,
            Self::Field(path) => Some(EnvVarSource { field_ref: Some(field(path.as_str())), ..Default::default() }),
            Self::Resource(of) => Some(EnvVarSource { resource_field_ref: Some(resource(*of)), ..Default::default() }),
        }
    }
}

fn field(path: &str) -> ObjectFieldSelector {
    ObjectFieldSelector { api_version: None, field_path: path.to_owned() }
}

fn resource(of: ResourceField) -> ResourceFieldSelector {
    let divisor = of.divisor.map(|unit| Quantity(unit.as_str().to_owned()));
    ResourceFieldSelector { container_name: None, divisor, resource: of.path() }
}

impl Variable<'_> {
    /// Converts the variable to a JSON value.
    pub(in crate::inject) fn to_value(&self) -> Result<serde_json::Value, serde_json::Error> {
        let source = self.value.source().map(serde_json::to_value).transpose()?;
        Ok(match self.value.literal() {
            Some(literal) => serde_json::json!({"name": self.name, "value": literal}),
            None => serde_json::json!({"name": self.name, "valueFrom": source}),
        })
    }

    /// Writes the variable as JSON. Names of variables and paths of fields need no escape, so no serializer has to
    /// search them.
    pub(in crate::inject) fn write(&self, json: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        let mut text = |text: &str| json.extend_from_slice(text.as_bytes());
        text("{\"name\":\"");
        text(self.name);
        match &self.value {
            Value::Field(path) => {
                text("\",\"valueFrom\":{\"fieldRef\":{\"fieldPath\":\"");
                text(path.as_str());
                text("\"}}");
            }
            Value::Literal(literal) => {
                text("\",\"value\":");
                serde_json::to_writer(&mut *json, literal)?;
            }
            Value::Resource(_) => {
                text("\",\"valueFrom\":");
                serde_json::to_writer(&mut *json, &self.value.source())?;
            }
        }
        json.push(b'}');
        Ok(())
    }
}

/// A volume of the Downward API with files of the Pod's fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DownwardApiVolume {
    /// The volume's name, unique in the Pod.
    pub name: &'static str,
    /// The files in it.
    #[serde(rename = "downwardAPI")]
    pub source: DownwardApiSource,
}

/// `downwardAPI`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DownwardApiSource {
    /// The files, one for each field.
    pub items: &'static [DownwardApiFile],
}

/// `downwardAPI.items[*]`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DownwardApiFile {
    /// The file's name.
    pub path: &'static str,
    /// The field of the Pod in it.
    pub field_ref: FieldSelector,
}

/// `fieldRef`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldSelector {
    /// The field, such as `metadata.labels`.
    pub field_path: &'static str,
}

impl DownwardApiFile {
    /// Makes a file with this name and field.
    pub const fn new(path: &'static str, field_path: &'static str) -> Self {
        Self { path, field_ref: FieldSelector { field_path } }
    }
}

/// A read-only mount of a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadOnlyMount<'p> {
    /// The path in the container.
    pub mount_path: &'p str,
    /// The volume's name.
    pub name: &'static str,
    read_only: bool,
}

impl<'p> ReadOnlyMount<'p> {
    /// Mounts this volume at that path.
    pub fn new(name: &'static str, mount_path: &'p str) -> Self {
        Self { mount_path, name, read_only: true }
    }
}
