//! The port of a probe in a container: named, inferred or guessed.

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::declared_ports::{declares, number, tcp_ports};
use super::guessing::Facts;
use super::handler::Protocol;
use super::reasons::{NO_PORT, PORT_NOT_DECLARED};
use super::runner::{Runner, protocol_of_guess};
use crate::annotation::probe::{Handler, Port, Probe, ProbeKind};
use crate::inject::pod::Container;
use crate::inject::{Guess, Reason};
use crate::profile::Wish;

/// The port of a probe in one container.
#[derive(Clone, Debug)]
pub(super) struct SettledPort {
    /// The port; `None` for a command.
    pub(super) port: Option<IntOrString>,
    /// The guess, if the port is guessed.
    pub(super) guess: Option<Guess>,
    /// `true` if the Pod is for Windows, which parses commands differently.
    pub(super) windows: bool,
}

/// Determines the port for this container. It ignores the author's other probes.
pub(super) fn settle(
    kind: ProbeKind,
    wish: Wish<'_, Probe>,
    runner: &Runner<'_>,
    facts: Facts,
) -> Result<SettledPort, Reason> {
    let windows = facts.windows;
    let Some(protocol) = protocol_of_guess(wish) else {
        return ordered(&wish.value.handler, runner.at.container).map(|port| SettledPort {
            port,
            guess: None,
            windows,
        });
    };
    let guess = facts.guess(kind, protocol, runner)?;
    Ok(SettledPort { port: Some(IntOrString::Int(i32::from(guess.port))), guess: Some(guess), windows })
}

/// Returns the port that the handler names, or an inferred one.
fn ordered(handler: &Handler, container: &Container<'_>) -> Result<Option<IntOrString>, Reason> {
    let by_number = |number: u16| IntOrString::Int(i32::from(number));
    match named(handler) {
        Some(Port::Number(port)) => Ok(Some(by_number(port))),
        Some(port) if !declares(container, &port) => Err(PORT_NOT_DECLARED),
        Some(Port::Name(name)) => Ok(Some(IntOrString::String(name))),
        None => match Protocol::of(handler) {
            Some(protocol) => infer(protocol, container).map(|port| Some(by_number(port))).ok_or(NO_PORT),
            None => Ok(None),
        },
    }
}

/// Returns the port that the handler names.
pub(super) fn named(handler: &Handler) -> Option<Port> {
    match handler {
        Handler::Http { port, .. } | Handler::Tcp { port } => port.clone(),
        Handler::Grpc { port, .. } => port.map(Port::Number),
        Handler::Exec(_) => None,
    }
}

/// The protocols in port names (`NAME` or `NAME-…`, the convention of Istio and of `appProtocol`).
const PROTOCOLS: [&str; 11] =
    ["grpc", "grpc-web", "http", "http2", "https", "mongo", "mysql", "postgres", "postgresql", "redis", "tls"];

/// Returns the usual name of a port for this protocol.
pub(super) fn usual_name(protocol: Protocol) -> Option<&'static str> {
    (protocol != Protocol::Tcp).then(|| protocol.word())
}

/// Infers the port: the one with the usual name, or else the first whose name means no other protocol.
fn infer(protocol: Protocol, container: &Container<'_>) -> Option<u16> {
    let usual = usual_name(protocol);
    let named = tcp_ports(container).find(|port| Some(port.name.as_str()) == usual);
    let first = || tcp_ports(container).find(|port| usual.is_none_or(|usual| may_speak(port.name.as_str(), usual)));
    number(named.or_else(first)?)
}

fn may_speak(name: &str, protocol: &str) -> bool {
    let says = |other: &&str| name.strip_prefix(*other).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    PROTOCOLS.iter().filter(|other| says(other)).max_by_key(|other| other.len()).is_none_or(|other| *other == protocol)
}
