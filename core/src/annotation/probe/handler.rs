//! The handler in the short form: the first word, such as `http:8080/ready`.

use super::values;
use super::{Command, Handler, Port, Scheme, port, shell};
use crate::annotation::Expected;
use crate::text::shorten;

/// A handler's word, the part before the colon.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum HandlerKind {
    Http,
    Https,
    Tcp,
    Grpc,
    Exec,
}

/// Names that authors may write for a handler, including the API's, each with the correct word.
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

impl HandlerKind {
    const ALL: [Self; 5] = [Self::Http, Self::Https, Self::Tcp, Self::Grpc, Self::Exec];

    /// Splits the first word into the handler and the part after the colon, if there is one.
    pub(super) fn of(word: &str) -> Result<(Self, Option<&str>), Expected> {
        let (name, rest) = word.split_once(':').map_or((word, None), |(name, rest)| (name, Some(rest)));
        let known = Self::ALL.into_iter().find(|protocol| protocol.as_str() == name);
        known.map(|kind| (kind, rest)).ok_or_else(|| unknown(name))
    }

    /// Returns the handler's word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Tcp => "tcp",
            Self::Grpc => "grpc",
            Self::Exec => "exec",
        }
    }

    /// Returns a valid probe.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Http => "http:8080/ready",
            Self::Https => "https:8443/ready",
            Self::Tcp => "tcp:5432",
            Self::Grpc => "grpc:9090",
            Self::Exec => "exec:'pg_isready -U app'",
        }
    }

    /// Parses the part after the colon.
    pub(super) fn handler(self, rest: Option<&str>) -> Result<Handler, Expected> {
        let rest = match rest {
            None if self != Self::Exec => "",
            Some("") | None => return Err(self.nothing()),
            Some(rest) => rest,
        };
        match self {
            // A program can have the path //bin/true.
            _ if rest.starts_with("//") && self != Self::Exec => Err(self.wrong("address", rest, values::HOST)),
            Self::Http => self.http(Scheme::Http, rest),
            Self::Https => self.http(Scheme::Https, rest),
            Self::Tcp => self.tcp(rest),
            Self::Grpc => self.grpc(rest),
            Self::Exec => self.exec(rest),
        }
    }

    fn http(self, scheme: Scheme, rest: &str) -> Result<Handler, Expected> {
        let (port, path) = at_slash(rest);
        let path = path.map(|path| format!("/{path}"));
        let path = path.map(|path| values::one_line(&path).map_err(|problem| self.wrong("path", &path, problem)));
        Ok(Handler::Http { scheme, port: self.named_port(port)?, path: path.transpose()?, headers: Vec::new() })
    }

    fn tcp(self, rest: &str) -> Result<Handler, Expected> {
        if rest.contains('/') {
            return Err(self.wrong("port", rest, "a TCP probe has no path; expected a port only"));
        }
        Ok(Handler::Tcp { port: self.named_port(rest)? })
    }

    fn grpc(self, rest: &str) -> Result<Handler, Expected> {
        let (port, service) = at_slash(rest);
        if service == Some("") {
            return Err(self.wrong("address", rest, "expected a service name after the slash, or no slash"));
        }
        let service =
            service.map(|name| values::one_line(name).map_err(|problem| self.wrong("service", name, problem)));
        let number = |port| port::number(port).map_err(|problem| self.wrong("port", port, problem));
        let port = if port.is_empty() { None } else { Some(number(port)?) };
        Ok(Handler::Grpc { port, service: service.transpose()? })
    }

    /// Parses a command, which runs without a shell. The caller adds the words on Windows when the options are known.
    fn exec(self, rest: &str) -> Result<Handler, Expected> {
        let command = shell::split(rest).and_then(values::command);
        command.map(Command::new).map(Handler::Exec).map_err(|problem| self.wrong("command", rest, problem))
    }

    fn named_port(self, text: &str) -> Result<Option<Port>, Expected> {
        let port = if text.is_empty() { Ok(None) } else { port::parse(text).map(Some) };
        port.map_err(|problem| self.wrong("port", text, problem))
    }

    fn wrong(self, part: &str, text: &str, problem: &str) -> Expected {
        Expected::new(values::invalid(part, text, problem), self.example())
    }

    fn nothing(self) -> Expected {
        let name = self.as_str();
        let expected = match self {
            Self::Exec => "a command",
            Self::Tcp => "a port, or no colon",
            Self::Http | Self::Https => "a port, a path or both, or no colon",
            Self::Grpc => "a port, a service or both, or no colon",
        };
        Expected::new(format!("incomplete handler {name}: expected {expected}"), self.example())
    }
}

fn at_slash(rest: &str) -> (&str, Option<&str>) {
    rest.split_once('/').map_or((rest, None), |(port, behind)| (port, Some(behind)))
}

fn unknown(name: &str) -> Expected {
    let expected = values::expected(name, &MEANT);
    let meant = values::meant(name, &MEANT);
    let example =
        HandlerKind::ALL.into_iter().find(|protocol| Some(protocol.as_str()) == meant).unwrap_or(HandlerKind::Http);
    let problem = format!(
        "unknown handler \"{}\": {expected} http, https, tcp, grpc or exec, or a Probe of the API in braces",
        shorten(name)
    );
    Expected::new(problem, example.example())
}
