//! A probe as an annotation or a profile asks for it.

use super::Command;
use crate::annotation::duration::Seconds;

/// The bytes of a probe as JSON without the texts in it.
const PROBE_BYTES: usize = 192;

/// A probe that is wished for; what it leaves open (its port) is settled for each container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The way in which the kubelet asks the container.
    pub handler: Handler,
    /// `initialDelaySeconds`; zero is `None`.
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

/// The way in which the kubelet asks the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handler {
    /// `httpGet`
    Http {
        /// `HTTP` or `HTTPS`
        scheme: Scheme,
        /// Absent, it is inferred.
        port: Option<Port>,
        /// Absent, it is `/`.
        path: Option<String>,
        /// `httpHeaders`, name and value, in their order.
        headers: Vec<(String, String)>,
    },
    /// `tcpSocket`
    Tcp {
        /// Absent, it is inferred.
        port: Option<Port>,
    },
    /// `grpc`
    Grpc {
        /// From 1 to 65535; absent, it is inferred. The API takes no name here.
        port: Option<u16>,
        /// Absent, the server as a whole is asked.
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

/// A port by number or by the name that the container declares it under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// From 1 to 65535.
    Number(u16),
    /// An IANA service name: at most 15 characters, a letter among them.
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

    /// Our key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Startup => "startup-probe",
            Self::Readiness => "readiness-probe",
            Self::Liveness => "liveness-probe",
        }
    }

    /// The container's field.
    pub fn field(self) -> &'static str {
        match self {
            Self::Startup => "startupProbe",
            Self::Readiness => "readinessProbe",
            Self::Liveness => "livenessProbe",
        }
    }
}

impl Probe {
    /// The bytes that the probe takes as JSON, roughly: a bound to the probes of many containers.
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
        // A quote takes two.
        PROBE_BYTES + 2 * text
    }
}
