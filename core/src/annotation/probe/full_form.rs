//! The full form of a probe: a Probe of the API as JSON or YAML.
//!
//! The text becomes a tree first, because a decoder into types would stop at the first error.

use serde_json::Value;
use serde_saphyr::{Error, MessageFormatter, UserMessageFormatter};

use super::api_handlers::ACTIONS;
use super::api_object::{ApiObject, ObjectSchema};
use super::errors::ProbeFaults;
use super::options::{Form, Options, ProbeOption};
use super::{Handler, Probe, ProbeKind};
use crate::annotation::Expected;
use crate::text::shorten;

/// A valid probe, for errors without a more specific example.
const EXAMPLE: &str = "{httpGet: {path: /ready, port: 8080}, periodSeconds: 5}";

const PROBE: ObjectSchema = ObjectSchema {
    path: "",
    example: EXAMPLE,
    fields: &[
        "exec",
        "httpGet",
        "tcpSocket",
        "grpc",
        "initialDelaySeconds",
        "periodSeconds",
        "timeoutSeconds",
        "successThreshold",
        "failureThreshold",
        "terminationGracePeriodSeconds",
    ],
    also: &[
        ("http", "httpGet"),
        ("tcp", "tcpSocket"),
        ("delay", "initialDelaySeconds"),
        ("period", "periodSeconds"),
        ("timeout", "timeoutSeconds"),
        ("success", "successThreshold"),
        ("failure", "failureThreshold"),
        ("grace", "terminationGracePeriodSeconds"),
        ("path", "httpGet.path"),
        ("httpHeaders", "httpGet.httpHeaders"),
        ("command", "exec.command"),
    ],
};

/// The limit for nesting, more than any Probe has.
const DEPTH: usize = 16;

/// Parses JSON or YAML. YAML includes JSON.
pub(super) fn parse(text: &str, kind: ProbeKind) -> Result<Probe, Vec<Expected>> {
    let tree = tree(text).map_err(|fault| vec![fault])?;
    let mut faults = ProbeFaults::default();
    let Some(object) = probe(&tree, &mut faults) else {
        return faults.none_or(None, EXAMPLE);
    };
    let handler = handler(object, &mut faults);
    let mut options = Options::new(Form::Whole, kind);
    for setting in ProbeOption::ALL {
        let _ = faults.keep(take(object, setting, &mut options));
    }
    faults.none_or(handler.map(|handler| options.with(handler)), EXAMPLE)
}

/// Parses the text to a tree, with `0644` as octal like kubectl.
fn tree(text: &str) -> Result<Value, Expected> {
    // An alias could turn a short text into a long probe. An anchor serves only aliases, and is costly to parse.
    let budget = serde_saphyr::budget! { max_aliases: 0, max_anchors: 0, max_depth: DEPTH, flow_nesting_limit: DEPTH };
    let options = serde_saphyr::options! { budget: budget, legacy_octal_numbers: true, with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| unread(&error))
}

fn unread(error: &Error) -> Expected {
    let told = match error {
        Error::Budget { .. } => "the text is nested too deeply, or has an anchor or an alias".into(),
        other => UserMessageFormatter.format_message(other),
    };
    let place = error.location().map(|place| format!(" at line {}, column {}", place.line(), place.column()));
    let (told, place) = (shorten(&told), place.unwrap_or_default());
    Expected::new(format!("invalid JSON or YAML: {told}{place}; expected a Probe of the API"), EXAMPLE)
}

fn probe<'t>(tree: &'t Value, faults: &mut ProbeFaults) -> Option<ApiObject<'t>> {
    if tree.is_object() {
        return ApiObject::read(tree, &PROBE, faults);
    }
    // Most likely the short form on several lines. A value with a line break is always the full form.
    let problem =
        "invalid probe: expected a Probe of the API as JSON or YAML, or a handler and its options on one line";
    faults.push(Expected::new(problem, EXAMPLE));
    None
}

/// Parses the handler. `validateHandler` of the API: "must specify a handler type", "may not specify more than 1".
fn handler(object: ApiObject<'_>, faults: &mut ProbeFaults) -> Option<Handler> {
    let given: Vec<_> = ACTIONS.iter().filter_map(|(name, read)| Some((*name, *read, object.get(name)?))).collect();
    if given.len() != 1 {
        let names = given.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(" and ");
        let problem = if given.is_empty() { "no handler".to_owned() } else { format!("several handlers, {names}") };
        let problem = format!("{problem}: expected exactly one of exec, httpGet, tcpSocket and grpc");
        faults.push(Expected::new(problem, EXAMPLE));
    }
    let read: Vec<_> = given.into_iter().map(|(_, read, value)| read(value, faults)).collect();
    read.into_iter().next().flatten()
}

fn take(object: ApiObject<'_>, setting: ProbeOption, options: &mut Options) -> Result<(), Expected> {
    match object.get(setting.field()) {
        None => Ok(()),
        Some(Value::Number(number)) if number.is_i64() || number.is_u64() => options.take(setting, &number.to_string()),
        Some(other) => Err(object.wrong(setting.field(), other, "expected a whole number without quotes")),
    }
}
