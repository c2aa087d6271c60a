//! The JSON schema of the file, for editors and generators.
//!
//! It is made from the table of keys. It accepts every file that podwright accepts. It also accepts mistakes that no
//! pattern can find: sums over a limit, repeated names, and the texts of probes with quotes.

mod patterns;
mod probe;

use serde_json::{Map, Value, json};

use super::written_profile::EXTENDS;
use super::{API_VERSION, KIND, owner_kind};
use crate::annotation::Layer;
use crate::annotation::downward::Resource;
use crate::annotation::duration::Seconds;
use crate::annotation::keys::{Key, of_profiles};
use crate::annotation::value_shape::{ValueShape, field_name};
use crate::profile::{OnInvalidAnnotation, PreStopAction};

/// The pattern of a container's or profile's name (a DNS label).
const NAME: &str = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

/// Returns the schema, in draft 7, which SchemaStore asks for and every editor reads.
pub fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": format!("https://{API_VERSION}/configuration.schema.json"),
        "title": "podwright configuration",
        "description": "The profiles, and the behaviour for invalid annotations. Absent fields have the built-in \
                        values.",
        "type": "object",
        "additionalProperties": false,
        "required": ["apiVersion", "kind"],
        "properties": {
            "apiVersion": {"const": API_VERSION},
            "kind": {"const": KIND},
            "metadata": {
                "description": "The name, labels and annotations, as in any Kubernetes object. podwright fn reads the \
                                labels; all other commands ignore this field.",
                "type": ["object", "null"],
            },
            "onInvalidAnnotation": words(
                "The behaviour for a Pod with invalid annotations. Deny rejects it with a list of all errors. Warn \
                 admits it with warnings, and without the settings of those annotations.",
                OnInvalidAnnotation::ALL.map(OnInvalidAnnotation::as_str),
            ),
            "preStopAction": words(
                "The form of a preStop sleep. Sleep uses lifecycle.preStop.sleep. Exec runs the command sleep, for API \
                 servers or kubelets before 1.30.",
                PreStopAction::ALL.map(PreStopAction::as_str),
            ),
            "injectedLabel": {
                "description": "Whether injected Pods get the label podwright.dev/injected with the profile's name.",
                "type": ["boolean", "null"],
                "default": false,
            },
            "excludeContainers": {
                "description": "Containers that get only the settings of their own keys, such as the proxies of other \
                                injectors.",
                "type": ["array", "null"],
                "items": {"$ref": "#/definitions/name"},
            },
            "ownerKinds": {
                "description": "Kinds of controllers, with their API group, that podwright treats like Kubernetes' \
                                own.",
                "type": ["array", "null"],
                "items": {"type": "string", "pattern": owner_kind::PATTERN, "examples": [owner_kind::EXAMPLE]},
            },
            "profiles": {
                "description": "Settings by profile name. A profile replaces the built-in profile of the same name.",
                "type": ["object", "null"],
                "propertyNames": {"$ref": "#/definitions/name"},
                "additionalProperties": {"$ref": "#/definitions/profile"},
            },
        },
        "definitions": {"name": {"type": "string", "pattern": NAME, "maxLength": 63}, "profile": profile()},
    })
}

fn words(description: &str, [default, other]: [&str; 2]) -> Value {
    json!({"description": description, "enum": [default, other, null], "default": default})
}

fn profile() -> Value {
    let mut properties = Map::new();
    let extends = "The profile that supplies the absent settings.";
    properties.insert(EXTENDS.to_owned(), json!({"description": extends, "type": ["string", "null"]}));
    properties.extend(of_profiles().map(|(key, shape)| (field_name(key.name), setting(key, shape))));
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

fn setting(key: &Key, shape: ValueShape) -> Value {
    let mut forms = forms(key, shape);
    forms.extend([
        json!({"const": false, "description": "off"}),
        json!({"type": "null", "description": "not set, also if the parent sets it"}),
    ]);
    let description = key.doc.split_whitespace().collect::<Vec<_>>().join(" ");
    json!({"title": key.name, "description": description, "anyOf": forms, "examples": [key.example]})
}

/// Returns the forms other than `false` and `null`.
fn forms(key: &Key, shape: ValueShape) -> Vec<Value> {
    match shape {
        ValueShape::Text if key.name == "downward-volume" => vec![patterns::mount_path()],
        ValueShape::Text => vec![patterns::message_path()],
        ValueShape::Word(words) => vec![json!({"enum": words}), patterns::text(&words.join("|"))],
        ValueShape::List => {
            let item = json!({"type": "string", "pattern": format!(r"^\s*{}\s*$", patterns::variable())});
            vec![json!({"type": "array", "items": item}), patterns::text(&patterns::variables())]
        }
        ValueShape::Amounts => {
            let amounts: Map<String, Value> =
                Resource::ALL.iter().map(|resource| (resource.as_str().to_owned(), amount(*resource))).collect();
            let mapping = json!({"type": "object", "additionalProperties": false, "properties": amounts});
            vec![mapping, patterns::text(&patterns::amounts())]
        }
        ValueShape::Duration => duration(key),
        ValueShape::Probe => probe::forms(key),
    }
}

fn amount(resource: Resource) -> Value {
    let number = if resource == Resource::Cpu { "number" } else { "integer" };
    let text = format!(r"^\s*(?:{})\s*$", patterns::quantity(resource));
    json!({"anyOf": [{"type": number, "minimum": 0}, {"type": "string", "pattern": text}]})
}

/// Returns the forms of a duration. Zero turns off some settings, and is invalid for others.
fn duration(key: &Key) -> Vec<Value> {
    let accepts_zero = (key.set)(&mut Layer::default(), "0").is_ok();
    let number = json!({"type": "integer", "minimum": i64::from(!accepts_zero), "maximum": Seconds::MAX});
    let text = match accepts_zero {
        true => patterns::text(&patterns::duration()),
        false => patterns::text_without(&patterns::duration(), patterns::zero()),
    };
    vec![number, text]
}
