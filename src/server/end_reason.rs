//! The reasons for which connections end, in words of a closed set: a metric's label must not repeat the text of a library's error.
//!
//! Each connection ends once, for one reason. `connection` finds the reason, and `metrics` counts it.

use std::error::Error as _;
use std::io;

use tokio_rustls::rustls;

/// Defines an enum with a word for each variant, which logs and labels have.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$meaning:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name {
            $($(#[$meaning])* $variant,)*
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
        /// The client or the network ended it.
        Client = "client",
        /// No request came in time.
        FirstRequest = "first_request",
        /// The rest of a head did not come in time.
        Head = "head",
        /// No further request came in time.
        Idle = "idle",
        /// It was idle while the listener was at its connection limit.
        Crowded = "crowded",
        /// A request was in flight for too long, most likely because the client reads no response.
        Request = "request",
        /// An HTTP/2 ping got no answer.
        Ping = "ping",
        /// An HTTP/1.1 head was too large: hyper answers 431 by itself.
        HeadTooLarge = "head_too_large",
        /// The bytes were no HTTP, or a flood.
        Protocol = "protocol",
        /// The server stops.
        Stop = "stop",
    }
}

words! {
    /// The failure of a TLS handshake.
    HandshakeFailure {
        /// It took too long.
        Timeout = "timeout",
        /// Its address was at its limit, or it took too long while the listener was at its connection limit.
        Crowded = "crowded",
        /// The client refused, with an alert.
        Rejected = "rejected",
        /// The client's certificate is missing or not accepted.
        ClientCertificate = "client_certificate",
        /// No TLS, or no common version or cipher.
        Protocol = "protocol",
        /// The client left.
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
                "the client refused the serving certificate. Check that the caBundle of the webhook configuration has the CA \
                 that signed it, and that the certificate has the name that the client calls",
            ),
            Self::ClientCertificate => Some(
                "the client has no certificate that --client-ca-file accepts: one for clients (`clientAuth`), valid now, signed \
                 by a CA in that file and followed by its intermediates. docs/certificates.md says how an API server gets one",
            ),
            Self::Timeout | Self::Crowded | Self::Protocol | Self::Disconnected => None,
        }
    }
}
