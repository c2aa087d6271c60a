//! The JSON schema of the file, from the table of keys: for editors, and for those who write such files by machine.
//!
//! It knows forms and words. What a value means is its grammar's matter: a file that fits the schema may still be refused.

use serde_json::{Map, Value, json};

use super::written_profile::EXTENDS;
use super::{API_VERSION, KIND, owner_kind};
use crate::annotation::downward::Resource;
use crate::annotation::duration::Seconds;
use crate::annotation::keys::{Key, of_profiles};
use crate::annotation::value_shape::{ValueShape, field_name};
use crate::profile::{OnInvalidAnnotation, PreStopAction};

/// The names of containers and profiles (DNS labels).
const NAME: &str = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

/// The schema, draft 2020-12.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("https://{API_VERSION}/configuration.schema.json"),
        "title": "podwright configuration",
        "description": "Which profiles there are, and what becomes of annotations that cannot be understood. What is absent \
                        is as it is built in.",
        "type": "object",
        "additionalProperties": false,
        "required": ["apiVersion", "kind"],
        "properties": {
            "apiVersion": {"const": API_VERSION},
            "kind": {"const": KIND},
            "onInvalidAnnotation": words(
                "What becomes of a Pod whose annotations cannot be understood: it is denied with everything that is wrong, or \
                 admitted with warnings, without what those annotations are about.",
                OnInvalidAnnotation::ALL.map(OnInvalidAnnotation::as_str),
            ),
            "preStopAction": words(
                "How a preStop sleep is written: lifecycle.preStop.sleep, or an exec of sleep for API servers before 1.30.",
                PreStopAction::ALL.map(PreStopAction::as_str),
            ),
            "excludeContainers": {
                "description": "Containers that only a key of their own reaches: other injectors' proxies.",
                "type": ["array", "null"],
                "items": {"$ref": "#/$defs/name"},
            },
            "ownerKinds": {
                "description": "Kinds, each with its API group, whose Pods are treated as those of Kubernetes' own controllers, \
                                beside these.",
                "type": ["array", "null"],
                "items": {"type": "string", "pattern": owner_kind::PATTERN, "examples": [owner_kind::EXAMPLE]},
            },
            "profiles": {
                "description": "Settings by the profile's name. One of a built-in profile's name replaces that.",
                "type": ["object", "null"],
                "propertyNames": {"$ref": "#/$defs/name"},
                "additionalProperties": {"$ref": "#/$defs/profile"},
            },
        },
        "$defs": {"name": {"type": "string", "pattern": NAME, "maxLength": 63}, "profile": profile()},
    })
}

fn words(description: &str, [default, other]: [&str; 2]) -> Value {
    json!({"description": description, "enum": [default, other, null], "default": default})
}

fn profile() -> Value {
    let mut properties = Map::new();
    let extends = "The profile whose settings this one has where it says nothing itself.";
    properties.insert(EXTENDS.to_owned(), json!({"description": extends, "type": ["string", "null"]}));
    properties.extend(of_profiles().map(|(key, shape)| (field_name(key.name), setting(key, shape))));
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

fn setting(key: &Key, shape: ValueShape) -> Value {
    let mut forms = forms(shape);
    forms.extend([
        json!({"const": false, "description": "off"}),
        json!({"type": "null", "description": "as if no profile said anything"}),
    ]);
    let description = key.doc.split_whitespace().collect::<Vec<_>>().join(" ");
    json!({"title": key.name, "description": description, "anyOf": forms, "examples": [key.example]})
}

/// The forms beside `false` and `null`.
fn forms(shape: ValueShape) -> Vec<Value> {
    let string = || json!({"type": "string", "minLength": 1});
    match shape {
        ValueShape::Text => vec![string()],
        ValueShape::Word(words) => vec![json!({"enum": words})],
        ValueShape::List => vec![json!({"type": "array", "items": {"type": "string", "pattern": "^[^,]+$"}}), string()],
        ValueShape::Amounts => {
            let amount = json!({"type": ["string", "number"]});
            let amounts: Map<String, Value> =
                Resource::ALL.iter().map(|resource| (resource.as_str().to_owned(), amount.clone())).collect();
            vec![json!({"type": "object", "additionalProperties": false, "properties": amounts}), string()]
        }
        ValueShape::Duration => vec![json!({"type": "integer", "minimum": 0, "maximum": Seconds::MAX}), string()],
        ValueShape::Probe => {
            vec![string(), json!({"type": "object", "description": "a whole Probe, as in a container"})]
        }
    }
}
