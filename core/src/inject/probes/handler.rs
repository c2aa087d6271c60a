//! Handlers that connect to a port.

use crate::annotation::probe::{Handler, Scheme};

/// Returns whether the handler names its port. A command has none.
pub(super) fn names_port(handler: &Handler) -> bool {
    match handler {
        Handler::Http { port, .. } | Handler::Tcp { port } => port.is_some(),
        Handler::Grpc { port, .. } => port.is_some(),
        Handler::Exec(_) => false,
    }
}

/// The protocol of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Http,
    Https,
    Grpc,
    Tcp,
}

impl Protocol {
    /// Returns the protocol of a handler; `None` for a command.
    pub(super) fn of(handler: &Handler) -> Option<Self> {
        match handler {
            Handler::Http { scheme: Scheme::Http, .. } => Some(Self::Http),
            Handler::Http { scheme: Scheme::Https, .. } => Some(Self::Https),
            Handler::Grpc { .. } => Some(Self::Grpc),
            Handler::Tcp { .. } => Some(Self::Tcp),
            Handler::Exec(_) => None,
        }
    }

    /// Returns the handler's word in annotations, which is also the usual name of its port.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Grpc => "grpc",
            Self::Tcp => "tcp",
        }
    }
}
