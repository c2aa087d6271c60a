//! The reasons for which connections end, in words of a closed set: a metric's label must not repeat the text of a
//! library's error.
//!
//! Each connection ends once, for one reason. `connection` finds the reason, and `metrics` counts it. The labels in
//! `metrics/table.rs` explain each word.

use std::error::Error as _;
use std::io;

use tokio_rustls::rustls;

/// Defines an enum with a word for each variant, which logs and labels have.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name {
            $($variant,)*
        }

        impl $name {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub(crate) fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

words! {
    /// The end of a connection after its handshake.
    Ended {
        Client = "client",
        FirstRequest = "first_request",
        Head = "head",
        Idle = "idle",
        Crowded = "crowded",
        Request = "request",
        Ping = "ping",
        HeadTooLarge = "head_too_large",
        Protocol = "protocol",
        Stop = "stop",
    }
}

words! {
    /// The failure of a TLS handshake.
    HandshakeFailure {
        Timeout = "timeout",
        Crowded = "crowded",
        Rejected = "rejected",
        ClientCertificate = "client_certificate",
        Protocol = "protocol",
        Disconnected = "disconnected",
    }
}

impl Ended {
    /// Returns the reason for hyper's error. Anything but a timeout or the client's departure broke the protocol.
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
    /// Returns the failure for an error of the stream, which wraps the errors of TLS.
    pub(crate) fn of(error: &io::Error) -> Self {
        use rustls::Error::{AlertReceived, InvalidCertificate, NoCertificatesPresented};
        match error.get_ref().and_then(|source| source.downcast_ref::<rustls::Error>()) {
            None => Self::Disconnected,
            Some(AlertReceived(_)) => Self::Rejected,
            Some(NoCertificatesPresented | InvalidCertificate(_)) => Self::ClientCertificate,
            Some(_) => Self::Protocol,
        }
    }

    /// Returns the remedy for the log. It has nothing that the client sent.
    pub(crate) fn hint(self) -> Option<&'static str> {
        match self {
            Self::Rejected => Some(
                "the client refused the serving certificate. Check that the caBundle of the webhook configuration has \
                 the CA that signed it, and that the certificate has the name that the client calls",
            ),
            Self::ClientCertificate => Some(
                "the client has no certificate that --client-ca-file accepts: one for clients (`clientAuth`), valid \
                 now, signed by a CA in that file and followed by its intermediates. docs/certificates.md says how an \
                 API server gets one",
            ),
            Self::Timeout | Self::Crowded | Self::Protocol | Self::Disconnected => None,
        }
    }
}
