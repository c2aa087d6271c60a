//! The first word: how the container is asked.

use super::values::{self, has};
use super::{Command, Handler, Port, Scheme, port, words};
use crate::annotation::Expected;
use crate::text::shorten;

/// What stands before the colon.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Http,
    Https,
    Tcp,
    Grpc,
    Exec,
}

/// What is written for a protocol, and which is meant; the API's names for them too.
const MEANT: [(&str, &str); 9] = [
    ("http", "http"),
    ("https", "https"),
    ("tcp", "tcp"),
    ("grpc", "grpc"),
    ("exec", "exec"),
    ("httpGet", "http"),
    ("tcpSocket", "tcp"),
    ("command", "exec"),
    ("cmd", "exec"),
];

impl Protocol {
    const ALL: [Self; 5] = [Self::Http, Self::Https, Self::Tcp, Self::Grpc, Self::Exec];

    /// Takes the first word apart: the protocol, and what stands behind the colon, where there is one.
    pub(super) fn of(word: &str) -> Result<(Self, Option<&str>), Expected> {
        let (name, rest) = word.split_once(':').map_or((word, None), |(name, rest)| (name, Some(rest)));
        let found = Self::ALL.into_iter().find(|protocol| protocol.as_str() == name);
        found.map(|protocol| (protocol, rest)).ok_or_else(|| unknown(name))
    }

    /// The word for it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Tcp => "tcp",
            Self::Grpc => "grpc",
            Self::Exec => "exec",
        }
    }

    /// A handler that would do.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Http => "http:8080/ready",
            Self::Https => "https:8443/ready",
            Self::Tcp => "tcp:5432",
            Self::Grpc => "grpc:9090",
            Self::Exec => "exec:'pg_isready -U app'",
        }
    }

    /// Reads what stands behind the colon.
    pub(super) fn handler(self, rest: Option<&str>) -> Result<Handler, Expected> {
        let rest = match rest {
            None if self != Self::Exec => "",
            Some("") | None => return Err(self.nothing()),
            Some(rest) => rest,
        };
        let handler = match self {
            // A program may well be called //bin/true.
            _ if rest.starts_with("//") && self != Self::Exec => Err(has("the address", rest, values::HOST)),
            Self::Http => http(Scheme::Http, rest),
            Self::Https => http(Scheme::Https, rest),
            Self::Tcp => tcp(rest),
            Self::Grpc => grpc(rest),
            Self::Exec => exec(rest),
        };
        handler.map_err(|problem| Expected::new(problem, self.example()))
    }

    fn nothing(self) -> Expected {
        let name = self.as_str();
        let expected = match self {
            Self::Exec => "a command",
            Self::Tcp => "a port, or the name alone",
            Self::Http | Self::Https => "a port, a path or both, or the name alone",
            Self::Grpc => "a port, a service or both, or the name alone",
        };
        Expected::new(format!("has nothing behind {name}; expected {expected}"), self.example())
    }
}

fn http(scheme: Scheme, rest: &str) -> Result<Handler, String> {
    let (port, path) = at_slash(rest);
    let path = path.map(|path| format!("/{path}"));
    let path = path.map(|path| values::one_line(&path).map_err(|problem| has("the path", &path, problem))).transpose();
    Ok(Handler::Http { scheme, port: named_port(port)?, path: path?, headers: Vec::new() })
}

fn tcp(rest: &str) -> Result<Handler, String> {
    if rest.contains('/') {
        return Err(has("the port", rest, "has a path, and a TCP probe knows none; expected the port alone"));
    }
    Ok(Handler::Tcp { port: named_port(rest)? })
}

fn grpc(rest: &str) -> Result<Handler, String> {
    let (port, service) = at_slash(rest);
    if service == Some("") {
        return Err(has("the address", rest, "ends in a slash; expected the name of a service behind it, or no slash"));
    }
    let service = service.map(|name| values::one_line(name).map_err(|problem| has("the service", name, problem)));
    let number = |port| port::number(port).map_err(|problem| has("the port", port, problem));
    let port = if port.is_empty() { None } else { Some(number(port)?) };
    Ok(Handler::Grpc { port, service: service.transpose()? })
}

/// Split by the same rules as the words, and run without a shell. What Windows takes it for is added once the options are known.
fn exec(rest: &str) -> Result<Handler, String> {
    let command = words::split(rest).and_then(values::command);
    command.map(Command::new).map(Handler::Exec).map_err(|problem| has("the command", rest, problem))
}

fn at_slash(rest: &str) -> (&str, Option<&str>) {
    rest.split_once('/').map_or((rest, None), |(port, behind)| (port, Some(behind)))
}

fn named_port(text: &str) -> Result<Option<Port>, String> {
    let port = if text.is_empty() { Ok(None) } else { port::parse(text).map(Some) };
    port.map_err(|problem| has("the port", text, problem))
}

fn unknown(name: &str) -> Expected {
    let question = values::did_you_mean(name, &MEANT);
    let meant = values::meant(name, &MEANT);
    let example = Protocol::ALL.into_iter().find(|protocol| Some(protocol.as_str()) == meant).unwrap_or(Protocol::Http);
    let problem = format!(
        "has the handler \"{}\", which is not known{question}; expected http, https, tcp, grpc or exec, or a whole Probe \
         in braces",
        shorten(name)
    );
    Expected::new(problem, example.example())
}
