//! The handlers of the full form: `exec`, `httpGet`, `tcpSocket` and `grpc`.

use serde_json::Value;

use super::api_object::{ApiObject, ObjectSchema};
use super::errors::ProbeFaults;
use super::{Command, Handler, Port, Scheme, port, values};
use crate::annotation::Expected;

/// A handler's field and its parser.
pub(super) type Action = (&'static str, fn(&Value, &mut ProbeFaults) -> Option<Handler>);

/// The handlers of the API.
pub(super) const ACTIONS: [Action; 4] = [("exec", exec), ("httpGet", http), ("tcpSocket", tcp), ("grpc", grpc)];

const EXEC: ObjectSchema = ObjectSchema {
    path: "exec",
    example: "{exec: {command: [pg_isready, -U, app]}}",
    fields: &["command"],
    also: &[("cmd", "command"), ("args", "command")],
};

const HTTP: ObjectSchema = ObjectSchema {
    path: "httpGet",
    example: "{httpGet: {path: /ready, port: 8080}}",
    fields: &["path", "port", "scheme", "httpHeaders"],
    also: &[("headers", "httpHeaders")],
};

const HEADER: ObjectSchema = ObjectSchema {
    path: "httpGet.httpHeaders",
    example: "{httpGet: {path: /ready, port: 8080, httpHeaders: [{name: Accept, value: text/plain}]}}",
    fields: &["name", "value"],
    also: &[],
};

const TCP: ObjectSchema =
    ObjectSchema { path: "tcpSocket", example: "{tcpSocket: {port: 5432}}", fields: &["port"], also: &[] };

const GRPC: ObjectSchema =
    ObjectSchema { path: "grpc", example: "{grpc: {port: 9090}}", fields: &["port", "service"], also: &[] };

fn exec(value: &Value, faults: &mut ProbeFaults) -> Option<Handler> {
    let object = ApiObject::read(value, &EXEC, faults)?;
    let words = faults.keep(object.list("command"))?;
    let mut command = Vec::new();
    for word in words {
        match word {
            Value::String(word) => command.push(word.clone()),
            other => faults.push_with(|| object.wrong("command", other, "expected strings, in quotes")),
        }
    }
    if command.len() < words.len() {
        return None;
    }
    let shown = command.first().map(String::as_str).unwrap_or_default().to_owned();
    let command = values::command(command).map_err(|problem| object.wrong_text("command", &shown, problem));
    faults.keep(command).map(Command::new).map(Handler::Exec)
}

fn http(value: &Value, faults: &mut ProbeFaults) -> Option<Handler> {
    let object = ApiObject::read(value, &HTTP, faults)?;
    let port = faults.keep(named_port(object));
    let path = faults.keep(object.read_text("path", values::one_line));
    let scheme = faults.keep(object.read_text("scheme", scheme));
    let headers = headers(object, faults);
    Some(Handler::Http { scheme: scheme?.unwrap_or(Scheme::Http), port: port?, path: path?, headers: headers? })
}

fn tcp(value: &Value, faults: &mut ProbeFaults) -> Option<Handler> {
    let object = ApiObject::read(value, &TCP, faults)?;
    let port = faults.keep(named_port(object))?;
    Some(Handler::Tcp { port })
}

fn grpc(value: &Value, faults: &mut ProbeFaults) -> Option<Handler> {
    let object = ApiObject::read(value, &GRPC, faults)?;
    let port = faults.keep(number(object));
    let service = faults.keep(object.read_text("service", values::one_line));
    Some(Handler::Grpc { port: port?, service: service? })
}

fn scheme(text: &str) -> Result<Scheme, &'static str> {
    match text {
        "HTTP" => Ok(Scheme::Http),
        "HTTPS" => Ok(Scheme::Https),
        _ => Err("expected HTTP or HTTPS, in capitals"),
    }
}

fn headers(object: ApiObject<'_>, faults: &mut ProbeFaults) -> Option<Vec<(String, String)>> {
    let entries = faults.keep(object.list("httpHeaders"))?;
    let mut headers = Some(Vec::new());
    for entry in entries {
        if faults.is_full() {
            return None;
        }
        let header = header(entry, faults);
        headers = headers.zip(header).map(|(mut headers, header)| {
            headers.push(header);
            headers
        });
    }
    headers
}

fn header(entry: &Value, faults: &mut ProbeFaults) -> Option<(String, String)> {
    let object = ApiObject::read(entry, &HEADER, faults)?;
    let name = object
        .text("name")
        .map(Option::unwrap_or_default)
        .and_then(|name| values::header_name(name).map_err(|problem| object.wrong_text("name", name, problem)));
    let name = faults.keep(name);
    let value = faults.keep(object.read_text("value", values::one_line));
    Some((name?, value?.unwrap_or_default()))
}

fn named_port(object: ApiObject<'_>) -> Result<Option<Port>, Expected> {
    read_port(object, port::parse)
}

/// Parses a port number. A string of digits is a number too, as for the other handlers.
fn number(object: ApiObject<'_>) -> Result<Option<u16>, Expected> {
    read_port(object, port::number)
}

fn read_port<T>(
    object: ApiObject<'_>,
    read: impl FnOnce(&str) -> Result<T, &'static str>,
) -> Result<Option<T>, Expected> {
    let text = match object.get("port") {
        None => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(other) => return Err(object.wrong("port", other, "expected a number or a name")),
    };
    read(&text).map(Some).map_err(|problem| object.wrong_text("port", &text, problem))
}
