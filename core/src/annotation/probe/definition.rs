//! A probe in an annotation or a profile.

use super::Command;
use crate::annotation::duration::Seconds;

/// The bytes of a probe as JSON without its texts.
const PROBE_BYTES: usize = 192;

/// A probe in an annotation or a profile. podwright chooses an absent port for each container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The action of the kubelet.
    pub handler: Handler,
    /// `initialDelaySeconds`; `None` for zero.
    pub delay: Option<Seconds>,
    /// `periodSeconds`
    pub period: Option<Seconds>,
    /// `timeoutSeconds`
    pub timeout: Option<Seconds>,
    /// `successThreshold`
    pub success: Option<i32>,
    /// `failureThreshold`
    pub failure: Option<i32>,
    /// `terminationGracePeriodSeconds`
    pub grace: Option<Seconds>,
}

/// The action of the kubelet for a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handler {
    /// `httpGet`
    Http {
        /// `HTTP` or `HTTPS`
        scheme: Scheme,
        /// The port; podwright chooses an absent one.
        port: Option<Port>,
        /// The path; the API server's default is `/`.
        path: Option<String>,
        /// `httpHeaders`: names and values, in order.
        headers: Vec<(String, String)>,
    },
    /// `tcpSocket`
    Tcp {
        /// The port; podwright chooses an absent one.
        port: Option<Port>,
    },
    /// `grpc`
    Grpc {
        /// The port, from 1 to 65535; podwright chooses an absent one. The API accepts no name here.
        port: Option<u16>,
        /// The service; an absent one means the whole server.
        service: Option<String>,
    },
    /// `exec`
    Exec(Command),
}

/// `httpGet.scheme`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `HTTP`
    Http,
    /// `HTTPS`; the kubelet does not verify the certificate.
    Https,
}

/// A port of a container, by number or by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// From 1 to 65535.
    Number(u16),
    /// An IANA service name: at most 15 characters, at least one letter.
    Name(String),
}

/// One of a container's three probes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProbeKind {
    /// `startupProbe`
    Startup,
    /// `readinessProbe`
    Readiness,
    /// `livenessProbe`
    Liveness,
}

impl ProbeKind {
    /// Each kind, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::Startup, Self::Readiness, Self::Liveness];

    /// Returns the annotation's key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Startup => "startup-probe",
            Self::Readiness => "readiness-probe",
            Self::Liveness => "liveness-probe",
        }
    }

    /// Returns the container's field.
    pub fn field(self) -> &'static str {
        match self {
            Self::Startup => "startupProbe",
            Self::Readiness => "readinessProbe",
            Self::Liveness => "livenessProbe",
        }
    }
}

impl Probe {
    /// Estimates the bytes of the probe as JSON, to limit the size of a patch.
    pub fn bytes(&self) -> usize {
        let text = match &self.handler {
            Handler::Exec(command) => {
                let bytes = |words: &[String]| words.iter().map(|word| word.len() + 3).sum::<usize>();
                bytes(command.words(false)).max(bytes(command.words(true)))
            }
            Handler::Http { path, headers, .. } => {
                let headers = headers.iter().map(|(name, value)| name.len() + value.len() + 22);
                path.as_ref().map_or(0, String::len) + headers.sum::<usize>()
            }
            Handler::Grpc { service, .. } => service.as_ref().map_or(0, String::len),
            Handler::Tcp { .. } => 0,
        };
        // Escapes can double a text.
        PROBE_BYTES + 2 * text
    }
}
