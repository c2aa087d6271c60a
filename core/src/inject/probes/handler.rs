//! The handlers that ask a port.

use crate::annotation::probe::{Handler, Scheme};

/// Whether the handler says which port it asks. A command asks none.
pub(super) fn names_port(handler: &Handler) -> bool {
    match handler {
        Handler::Http { port, .. } | Handler::Tcp { port } => port.is_some(),
        Handler::Grpc { port, .. } => port.is_some(),
        Handler::Exec(_) => false,
    }
}

/// The protocol in which a probe asks a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Http,
    Https,
    Grpc,
    Tcp,
}

impl Protocol {
    /// The protocol of a handler; none for a command.
    pub(super) fn of(handler: &Handler) -> Option<Self> {
        match handler {
            Handler::Http { scheme: Scheme::Http, .. } => Some(Self::Http),
            Handler::Http { scheme: Scheme::Https, .. } => Some(Self::Https),
            Handler::Grpc { .. } => Some(Self::Grpc),
            Handler::Tcp { .. } => Some(Self::Tcp),
            Handler::Exec(_) => None,
        }
    }

    /// The handler's word in annotations, and the usual name of its port.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Grpc => "grpc",
            Self::Tcp => "tcp",
        }
    }
}
