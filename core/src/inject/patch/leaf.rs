//! The values that edits put into a Pod.

use k8s_openapi::api::core::v1::{LifecycleHandler, Probe};
use serde_json::Value;

use crate::inject::edit::{DownwardApiVolume, ReadOnlyMount, Variable};

/// The value of an edit.
#[derive(Clone, Copy)]
pub(super) enum Leaf<'e> {
    Variable(&'e Variable<'e>),
    Mount(&'e ReadOnlyMount<'e>),
    Volume(&'e DownwardApiVolume),
    Probe(&'e Probe),
    Handler(&'e LifecycleHandler),
    Number(i64),
    Text(&'e str),
}

impl Leaf<'_> {
    /// Appends the value as JSON.
    pub(super) fn write(&self, json: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        match self {
            Self::Variable(variable) => variable.write(json),
            Self::Mount(mount) => serde_json::to_writer(json, mount),
            Self::Volume(volume) => serde_json::to_writer(json, volume),
            Self::Probe(probe) => serde_json::to_writer(json, probe),
            Self::Handler(handler) => serde_json::to_writer(json, handler),
            Self::Number(number) => serde_json::to_writer(json, number),
            Self::Text(text) => serde_json::to_writer(json, text),
        }
    }

    /// Converts the value to a JSON value.
    pub(super) fn to_value(self) -> Result<Value, serde_json::Error> {
        match self {
            Self::Variable(variable) => variable.to_value(),
            Self::Mount(mount) => serde_json::to_value(mount),
            Self::Volume(volume) => serde_json::to_value(volume),
            Self::Probe(probe) => serde_json::to_value(probe),
            Self::Handler(handler) => serde_json::to_value(handler),
            Self::Number(number) => Ok(Value::from(number)),
            Self::Text(text) => Ok(Value::from(text)),
        }
    }
}
