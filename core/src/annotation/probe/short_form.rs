//! The short form of a probe: words as in a POSIX shell, first the handler, then the options.

use super::errors::ProbeFaults;
use super::handler::HandlerKind;
use super::options::{Form, Options, ProbeOption};
use super::values::{self, invalid};
use super::{Handler, Probe, ProbeKind, shell};
use crate::annotation::Expected;
use crate::text::shorten;

/// A valid probe, for errors without a more specific example.
pub(super) const EXAMPLE: &str = "http:8080/ready period=5s";

/// Names that authors may write for an option, including the API's, each with the correct word.
const MEANT: [(&str, &str); 14] = [
    ("delay", "delay"),
    ("period", "period"),
    ("timeout", "timeout"),
    ("success", "success"),
    ("failure", "failure"),
    ("grace", "grace"),
    ("header", "header"),
    ("initialDelaySeconds", "delay"),
    ("periodSeconds", "period"),
    ("timeoutSeconds", "timeout"),
    ("successThreshold", "success"),
    ("failureThreshold", "failure"),
    ("terminationGracePeriodSeconds", "grace"),
    ("httpHeaders", "header"),
];

/// Parses the handler and its options.
pub(super) fn parse(text: &str, kind: ProbeKind) -> Result<Probe, Vec<Expected>> {
    let words = shell::split(text).map_err(|problem| vec![Expected::new(invalid("probe", text, problem), EXAMPLE)])?;
    let Some((first, rest)) = words.split_first() else {
        return Err(vec![Expected::new("empty value: expected a probe, or false to turn the feature off", EXAMPLE)]);
    };
    let mut faults = ProbeFaults::default();
    let handler_kind = faults.keep(HandlerKind::of(first));
    let handler = handler_kind.and_then(|(kind, rest)| faults.keep(kind.handler(rest)));
    let handler = handler.map(|handler| written(handler, text, rest));
    let mut reader = OptionReader::new(handler_kind.map(|(kind, _)| kind), kind);
    for word in rest {
        if faults.is_full() {
            faults.push_with(|| Expected::new("more options follow", EXAMPLE));
            break;
        }
        let _ = faults.keep(reader.take(word));
    }
    faults.none_or(handler.map(|handler| reader.with(handler)), EXAMPLE)
}

/// Adds the reading on Windows to a command.
fn written(handler: Handler, text: &str, options: &[String]) -> Handler {
    match handler {
        Handler::Exec(command) => Handler::Exec(command.written(text, options)),
        other => other,
    }
}

/// The parser of a probe's options.
struct OptionReader {
    handler: Option<HandlerKind>,
    seen: Vec<ProbeOption>,
    options: Options,
    headers: Vec<(String, String)>,
}

impl OptionReader {
    fn new(handler: Option<HandlerKind>, kind: ProbeKind) -> Self {
        Self { handler, seen: Vec::new(), options: Options::new(Form::Words, kind), headers: Vec::new() }
    }

    fn take(&mut self, word: &str) -> Result<(), Expected> {
        let (name, value) = word.split_once('=').ok_or_else(|| self.no_option(word))?;
        if name == "header" {
            return self.take_header(value);
        }
        let setting =
            ProbeOption::ALL.into_iter().find(|setting| setting.word() == name).ok_or_else(|| unknown(name))?;
        if self.seen.contains(&setting) {
            return Err(Expected::new(format!("repeated option {name}: expected each option once"), EXAMPLE));
        }
        self.seen.push(setting);
        self.options.take(setting, value)
    }

    fn take_header(&mut self, text: &str) -> Result<(), Expected> {
        let wrong = |problem| Expected::new(problem, "http:8080/ready header=Accept:text/plain");
        if let Some(other @ (HandlerKind::Tcp | HandlerKind::Grpc | HandlerKind::Exec)) = self.handler {
            let name = other.as_str();
            return Err(wrong(format!("invalid option header: {name} sends no headers; use http or https")));
        }
        let (name, value) =
            text.split_once(':').ok_or_else(|| wrong(invalid("header", text, "expected NAME:VALUE")))?;
        let name = values::header_name(name).map_err(|problem| wrong(invalid("header name", name, problem)))?;
        // As in HTTP and in curl's -H, the blank after the colon is not part of the value.
        let value = value.trim();
        let value = values::one_line(value).map_err(|problem| wrong(invalid("header value", value, problem)))?;
        self.headers.push((name, value));
        Ok(())
    }

    fn no_option(&self, word: &str) -> Expected {
        let problem = invalid("option", word, "expected NAME=VALUE");
        match self.handler {
            Some(HandlerKind::Exec) => {
                let problem = format!("{problem}, and quotes around a command of several words");
                Expected::new(problem, HandlerKind::Exec.example())
            }
            _ => Expected::new(problem, EXAMPLE),
        }
    }

    fn with(self, mut handler: Handler) -> Probe {
        if let Handler::Http { headers, .. } = &mut handler {
            *headers = self.headers;
        }
        self.options.with(handler)
    }
}

fn unknown(name: &str) -> Expected {
    let expected = values::expected(name, &MEANT);
    let problem = format!(
        "unknown option \"{}\": {expected} delay, period, timeout, success, failure, grace or header",
        shorten(name)
    );
    Expected::new(problem, EXAMPLE)
}
