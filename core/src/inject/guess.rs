//! A probe's port that podwright guessed, and how: for the report, which names each guess.

use std::borrow::Cow;
use std::fmt;

use super::Reason;

/// A port that no author named, in a probe that a profile added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guess {
    /// The probe's field in the container: `readinessProbe`.
    pub field: &'static str,
    /// The handler's word in the annotations: `http`, `https`, `grpc` or `tcp`.
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
    /// A part of its name is a word for probes: `healthz`.
    ProbeName,
    /// Its name is the handler's word: `http`.
    HandlerName,
    /// Its name begins with the handler's word and a dash: `http-admin`.
    HandlerPrefix,
    /// Its name is `web` or `api`, which means HTTP.
    WebName,
    /// No other TCP port is left.
    OnlyPort,
    /// It is the first TCP port.
    FirstPort,
    /// It is the first TCP port behind a debugger's.
    FirstBesideDebugger,
}

impl How {
    /// Whether the port's name led to it, rather than its position.
    pub fn is_by_name(self) -> bool {
        matches!(self, Self::ProbeName | Self::HandlerName | Self::HandlerPrefix | Self::WebName)
    }
}

impl Guess {
    /// The rule that found the port, in words: `first TCP port`.
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

    /// `tcp 61616 (first TCP port)`
    pub(super) fn in_brief(self) -> String {
        format!("{} {} ({})", self.handler, self.port, self.how())
    }
}

/// `tcp 61616 (guessed: first TCP port)`
impl fmt::Display for Guess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} (guessed: {})", self.handler, self.port, self.how())
    }
}
