//! How a connection ended, in words of a closed set: a metric's label must not repeat the text of a library's error.
//!
//! Each connection ends once, for one of these reasons. `connection` finds the reason and `metrics` counts it.

use std::error::Error as _;
use std::io;

use tokio_rustls::rustls;

/// How a connection that came past its handshake ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// By the client, or the network between.
    Client,
    /// It sent no request in time.
    FirstRequest,
    /// It did not send the rest of a head in time.
    Head,
    /// It sent no other request in time.
    Idle,
    /// It was idle while the listener was at its connection limit.
    Crowded,
    /// A request was in flight for too long, most likely because its answer is not taken.
    Request,
    /// A ping of HTTP/2 was not answered.
    Ping,
    /// A head of HTTP/1.1 was too large: hyper answers 431 by itself.
    HeadTooLarge,
    /// What came is no HTTP, or too much of what nobody sends in earnest.
    Protocol,
    /// The server stops.
    Stop,
}

/// Why there is no TLS connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandshakeFailure {
    /// It took too long.
    Timeout,
    /// Its address had as many connections as it may, or it took too long while the listener was at its connection limit.
    Crowded,
    /// The client refused, with an alert.
    Rejected,
    /// The client's certificate is missing, or not one that is let in.
    ClientCertificate,
    /// No TLS, or no version or cipher that both know.
    Protocol,
    /// The client went away.
    Disconnected,
}

impl Ended {
    pub(crate) const ALL: [Self; 10] = [
        Self::Client,
        Self::FirstRequest,
        Self::Head,
        Self::Idle,
        Self::Crowded,
        Self::Request,
        Self::Ping,
        Self::HeadTooLarge,
        Self::Protocol,
        Self::Stop,
    ];

    /// As the label has it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::FirstRequest => "first_request",
            Self::Head => "head",
            Self::Idle => "idle",
            Self::Crowded => "crowded",
            Self::Request => "request",
            Self::Ping => "ping",
            Self::HeadTooLarge => "head_too_large",
            Self::Protocol => "protocol",
            Self::Stop => "stop",
        }
    }

    /// Of the error that hyper ended it with. What is neither the client's departure nor a timeout broke the protocol.
    pub(crate) fn of(error: &hyper::Error) -> Self {
        // A client that leaves in the middle shows as an error of the stream, or as a message without an end.
        let by_io = error.source().is_some_and(|source| source.is::<io::Error>());
        if error.is_parse_too_large() {
            Self::HeadTooLarge
        } else if error.is_timeout() {
            Self::Ping
        } else if by_io || error.is_incomplete_message() || error.is_closed() || error.is_shutdown() {
            Self::Client
        } else {
            Self::Protocol
        }
    }
}

impl HandshakeFailure {
    pub(crate) const ALL: [Self; 6] =
        [Self::Timeout, Self::Crowded, Self::Rejected, Self::ClientCertificate, Self::Protocol, Self::Disconnected];

    /// As the label has it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Crowded => "crowded",
            Self::Rejected => "rejected",
            Self::ClientCertificate => "client_certificate",
            Self::Protocol => "protocol",
            Self::Disconnected => "disconnected",
        }
    }

    /// Of what the handshake failed with: TLS' own errors come wrapped in those of the stream.
    pub(crate) fn of(error: &io::Error) -> Self {
        use rustls::Error::{AlertReceived, InvalidCertificate, NoCertificatesPresented};
        match error.get_ref().and_then(|source| source.downcast_ref::<rustls::Error>()) {
            None => Self::Disconnected,
            Some(AlertReceived(_)) => Self::Rejected,
            Some(NoCertificatesPresented | InvalidCertificate(_)) => Self::ClientCertificate,
            Some(_) => Self::Protocol,
        }
    }
}
