//! The short form: words as a POSIX shell splits them, the handler first and its options behind it.

use super::errors::ProbeFaults;
use super::handler::HandlerKind;
use super::options::{Form, Options, ProbeOption};
use super::values::{self, has};
use super::{Handler, Probe, ProbeKind, shell};
use crate::annotation::Expected;
use crate::text::shorten;

/// An example that parses, for the errors that are about no part.
pub(super) const EXAMPLE: &str = "http:8080/ready period=5s";

/// Names that authors write for an option, the API's among them, each with the word that is meant.
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

/// Reads the handler and its options.
pub(super) fn parse(text: &str, kind: ProbeKind) -> Result<Probe, Vec<Expected>> {
    let words = shell::split(text).map_err(|problem| vec![Expected::new(problem, EXAMPLE)])?;
    let Some((first, rest)) = words.split_first() else {
        return Err(vec![Expected::new("is empty; expected a probe, or false to turn it off", EXAMPLE)]);
    };
    let mut faults = ProbeFaults::default();
    let handler_kind = faults.keep(HandlerKind::of(first));
    let handler = handler_kind.and_then(|(kind, rest)| faults.keep(kind.handler(rest)));
    let handler = handler.map(|handler| written(handler, text, rest));
    let mut reader = OptionReader::new(handler_kind.map(|(kind, _)| kind), kind);
    for word in rest {
        if faults.is_full() {
            faults.push_with(|| Expected::new("has more options", EXAMPLE));
            break;
        }
        let _ = faults.keep(reader.take(word));
    }
    faults.none_or(handler.map(|handler| reader.with(handler)), EXAMPLE)
}

/// The handler with what another system makes of the text.
fn written(handler: Handler, text: &str, options: &[String]) -> Handler {
    match handler {
        Handler::Exec(command) => Handler::Exec(command.written(text, options)),
        other => other,
    }
}

/// Reads the options of one probe.
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
            return Err(Expected::new(format!("has the option {name} twice; expected each once"), EXAMPLE));
        }
        self.seen.push(setting);
        self.options.take(setting, value)
    }

    fn take_header(&mut self, text: &str) -> Result<(), Expected> {
        let wrong = |problem| Expected::new(problem, "http:8080/ready header=Accept:text/plain");
        if let Some(other @ (HandlerKind::Tcp | HandlerKind::Grpc | HandlerKind::Exec)) = self.handler {
            let name = other.as_str();
            return Err(wrong(format!("has a header, which {name} cannot send; expected it with http or https alone")));
        }
        let (name, value) =
            text.split_once(':').ok_or_else(|| wrong(has("the header", text, "has no colon; expected NAME:VALUE")))?;
        let name = values::header_name(name).map_err(|problem| wrong(has("the header", name, problem)))?;
        // As in HTTP itself and in curl's -H, the blank behind the colon is not the value's.
        let value = value.trim();
        let value = values::one_line(value).map_err(|problem| wrong(has("the header", value, problem)))?;
        self.headers.push((name, value));
        Ok(())
    }

    fn no_option(&self, word: &str) -> Expected {
        let problem = format!("has \"{}\", which is not an option; expected NAME=VALUE", shorten(word));
        match self.handler {
            Some(HandlerKind::Exec) => {
                let problem = format!("{problem}, and a command of several words in quotes");
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
    let question = values::did_you_mean(name, &MEANT);
    let problem = format!(
        "has the option \"{}\", which is not known{question}; expected delay, period, timeout, success, failure, grace or \
         header",
        shorten(name)
    );
    Expected::new(problem, EXAMPLE)
}
