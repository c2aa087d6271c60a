//! The schema of a probe: the short form, and a Probe of the API as a mapping or as text.

use serde_json::{Map, Value, json};

use super::patterns::text;
use crate::annotation::Layer;
use crate::annotation::duration::Seconds;
use crate::annotation::keys::Key;

/// A number from 1 to 65535, as text.
const NUMBER: &str = "(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
/// A port's name: at least one letter, and single hyphens between letters or digits.
const NAME: &str = "(?:[0-9]+-)*[0-9]*[a-z][a-z0-9]*(?:-[a-z0-9]+)*";
/// The fields with numbers, and their largest values.
const NUMBERS: [(&str, i64); 6] = [
    ("initialDelaySeconds", Seconds::MAX),
    ("periodSeconds", Seconds::MAX),
    ("timeoutSeconds", Seconds::MAX),
    ("successThreshold", i32::MAX as i64),
    ("failureThreshold", i32::MAX as i64),
    ("terminationGracePeriodSeconds", Seconds::MAX),
];

/// Returns the accepted forms.
pub(super) fn forms(key: &Key) -> Vec<Value> {
    vec![
        text(&short_form()),
        text(r"\{[\s\S]*\}"),
        json!({"type": "string", "pattern": r"\S\s*[\n\r][\s\S]*\S"}),
        mapping(key),
    ]
}

/// A text on one line. The words of a text with quotes depend on a shell's rules, so they are not checked.
fn short_form() -> String {
    let handler = r#"(?:(?:https?|tcp|grpc)(?::[^\s'"\\]*)?|exec:[^\s'"\\]+)"#;
    let options = r#"(?:\s+(?:delay|period|timeout|success|failure|grace|header)=[^\s'"\\]+)*"#;
    let quoted = r#"[^{\n\r]*["'\\][^\n\r]*"#;
    format!("{handler}{options}|{quoted}")
}

fn mapping(key: &Key) -> Value {
    let mut properties = Map::new();
    properties.insert("exec".into(), nullable(exec()));
    properties.insert("httpGet".into(), nullable(http()));
    properties.insert("tcpSocket".into(), nullable(object(&json!({"port": port(), "host": no_host()}))));
    let number = json!({"anyOf": [number(1, 65535), {"type": "string", "pattern": format!("^{NUMBER}$")}]});
    let grpc = json!({"port": nullable(number), "service": {"type": ["string", "null"]}, "host": no_host()});
    properties.insert("grpc".into(), nullable(object(&grpc)));
    properties.extend(NUMBERS.map(|(field, most)| (field.to_owned(), option(key, field, most))));
    let handlers = ["exec", "httpGet", "tcpSocket", "grpc"];
    let one = handlers.map(|it| json!({"required": [it], "properties": {it: {"type": "object"}}}));
    json!({"type": "object", "description": "a Probe of the API", "additionalProperties": false,
        "properties": properties, "oneOf": one})
}

/// Returns the schema of a number, with the bounds that the parser has for this kind of probe.
fn option(key: &Key, field: &str, most: i64) -> Value {
    let accepts = |value: i64| {
        let probe = json!({"tcpSocket": {"port": 1}, field: value});
        (key.set)(&mut Layer::default(), &probe.to_string()).is_ok()
    };
    match [accepts(0), accepts(1), accepts(2)] {
        [_, false, _] => json!({"type": "null"}),
        [_, _, false] => nullable(number(1, 1)),
        [zero, ..] => nullable(number(i64::from(!zero), most)),
    }
}

fn exec() -> Value {
    let program = json!({"type": "string", "minLength": 1});
    let words = json!({"type": "array", "minItems": 1, "items": [program], "additionalItems": {"type": "string"}});
    required(&["command"], &json!({"command": words}))
}

fn http() -> Value {
    let header = required(
        &["name"],
        &json!({"name": {"type": "string", "pattern": "^[-A-Za-z0-9]+$"}, "value": {"type": ["string", "null"]}}),
    );
    object(&json!({
        "path": {"type": ["string", "null"]},
        "port": port(),
        "scheme": {"enum": ["HTTP", "HTTPS", "", null]},
        "httpHeaders": nullable(json!({"type": "array", "items": header})),
        "host": no_host(),
    }))
}

fn port() -> Value {
    json!({"anyOf": [number(1, 65535), {"type": "string", "pattern": format!("^(?:{NUMBER}|{NAME})$"), "maxLength": 15}, {"type": "null"}]})
}

/// Returns the schema of an empty host, because PodSecurity rejects any other.
fn no_host() -> Value {
    json!({"enum": ["", null]})
}

fn number(least: i64, most: i64) -> Value {
    json!({"type": "integer", "minimum": least, "maximum": most})
}

fn object(properties: &Value) -> Value {
    required(&[], properties)
}

fn required(fields: &[&str], properties: &Value) -> Value {
    json!({"type": "object", "additionalProperties": false, "required": fields, "properties": properties})
}

fn nullable(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}
