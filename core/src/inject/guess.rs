//! Guessed ports of probes, with the rule that found each.

use std::borrow::Cow;
use std::fmt;

use super::Reason;

/// A guessed port: a profile added the probe, and no author named its port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guess {
    /// The probe's field in the container: `readinessProbe`.
    pub field: &'static str,
    /// The handler in the annotation: `http`, `https`, `grpc` or `tcp`.
    pub handler: &'static str,
    /// The declared port.
    pub port: u16,
    /// The rule that found the port.
    pub how: How,
    /// A doubt about the probe itself, apart from its port.
    pub doubt: Option<Reason>,
}

/// The rule that found a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// The port's name has a word for probes: `healthz`.
    ProbeName,
    /// The port's name is the handler: `http`.
    HandlerName,
    /// The port's name begins with the handler and a dash: `http-admin`.
    HandlerPrefix,
    /// The port's name is `web` or `api`, which means HTTP.
    WebName,
    /// The port is the only suitable TCP port.
    OnlyPort,
    /// The port is the first TCP port.
    FirstPort,
    /// The port is the first TCP port after a debugger's.
    FirstBesideDebugger,
}

impl How {
    /// Returns whether the port's name decided, and not its position.
    pub fn is_by_name(self) -> bool {
        matches!(self, Self::ProbeName | Self::HandlerName | Self::HandlerPrefix | Self::WebName)
    }
}

impl Guess {
    /// Describes the rule: `first TCP port`.
    pub fn how(self) -> Cow<'static, str> {
        match self.how {
            How::ProbeName => "port named for probes".into(),
            How::HandlerName => format!("port named {}", self.handler).into(),
            How::HandlerPrefix => format!("port named {}-*", self.handler).into(),
            How::WebName => "port named web or api".into(),
            How::OnlyPort => "only TCP port left".into(),
            How::FirstPort => "first TCP port".into(),
            How::FirstBesideDebugger => "first TCP port beside a debugger's".into(),
        }
    }

    /// Formats the guess for the status: `tcp 61616 (first TCP port)`.
    pub(super) fn in_brief(self) -> String {
        format!("{} {} ({})", self.handler, self.port, self.how())
    }
}

/// Formats the guess for people: `tcp 61616 (guessed: first TCP port)`.
impl fmt::Display for Guess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} (guessed: {})", self.handler, self.port, self.how())
    }
}
