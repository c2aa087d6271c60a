//! The guess of a port, for a profile's probe that names none.
//!
//! A profile reaches Pods that nobody looked at, so a guess must never stop a healthy one. In any doubt, podwright does not
//! guess. docs/profiles.md has the rules as a table.

use super::declared_ports::tcp_ports;
use super::handler::Protocol;
use super::names::Named;
use super::reasons;
use super::runner::Runner;
use crate::annotation::probe::ProbeKind;
use crate::inject::pod::{Container, Owner, Pod};
use crate::inject::{Guess, How, Reason};
use crate::profile::{Plan, Source};

/// The facts of a Pod that decide on all its guesses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    host_network: bool,
    stateful_set: bool,
    /// Whether the Pod's own annotation opted in, and not its Namespace alone.
    by_pod: bool,
    pub(super) windows: bool,
}

impl Facts {
    pub(super) fn of(pod: &Pod<'_>, plan: &Plan<'_>) -> Self {
        Self {
            host_network: pod.uses_host_network(),
            stateful_set: pod.owner().is_some_and(Owner::is_stateful_set),
            by_pod: plan.everything == Some(Source::Pod),
            windows: pod.node().windows,
        }
    }

    /// The port of a probe of this kind, or the reason for no guess. The author's other probes are not looked at here.
    pub(super) fn guess(self, kind: ProbeKind, protocol: Protocol, runner: &Runner<'_>) -> Result<Guess, Reason> {
        let guess = || self.guess_anew(kind, protocol, runner);
        let (known, result) = runner.guesses.of(kind).get_or_init(|| (protocol, guess()));
        if *known == protocol { *result } else { guess() }
    }

    fn guess_anew(self, kind: ProbeKind, protocol: Protocol, runner: &Runner<'_>) -> Result<Guess, Reason> {
        match kind {
            _ if tcp_ports(runner.at.container).next().is_none() => Err(reasons::NO_PORT),
            _ if self.host_network => Err(reasons::HOST_NETWORK),
            ProbeKind::Readiness if self.stateful_set => Err(reasons::STATEFUL_SET),
            ProbeKind::Liveness | ProbeKind::Startup if !self.by_pod => Err(reasons::NAMESPACE_OPT_IN),
            _ if runner.binds_locally => Err(reasons::BINDS_LOCALLY),
            _ => {
                let (port, how) = choose(kind, protocol, runner.at.container)?;
                Ok(Guess { field: kind.field(), handler: protocol.word(), port, how, doubt: None })
            }
        }
    }
}

/// The port that this probe most probably is for.
fn choose(kind: ProbeKind, protocol: Protocol, container: &Container<'_>) -> Result<(u16, How), Reason> {
    let ports: Vec<Named<'_>> = tcp_ports(container).filter_map(Named::of).collect();
    let left: Vec<Named<'_>> = match protocol {
        Protocol::Tcp if ports.iter().any(|port| port.is_mysqls()) => return Err(reasons::MYSQL),
        Protocol::Tcp => ports.iter().copied().filter(|port| !port.is_debuggers()).collect(),
        _ => ports.iter().copied().filter(|port| port.may_speak(protocol)).collect(),
    };
    match (kind, protocol) {
        (ProbeKind::Readiness, Protocol::Tcp) => first(&ports, &left),
        (ProbeKind::Readiness, _) => by_name(protocol, &left).map_or_else(
            || if speaks_otherwise(protocol, container) { Err(reasons::OTHER_PROTOCOL) } else { only(&left) },
            Ok,
        ),
        (ProbeKind::Liveness | ProbeKind::Startup, _) => by_name(protocol, &left).ok_or(reasons::NO_NAMED_PORT),
    }
}

/// The port whose name says most; the first of those that say as much.
fn by_name(protocol: Protocol, ports: &[Named<'_>]) -> Option<(u16, How)> {
    let found = ports.iter().filter_map(|port| Some((port.number, how(protocol, *port)?)));
    found.min_by_key(|(_, how)| *how)
}

/// The rule by which the port's name leads to it.
fn how(protocol: Protocol, port: Named<'_>) -> Option<How> {
    let rest = port.name.strip_prefix(protocol.word());
    match rest {
        _ if port.is_for_probes() => Some(How::ProbeName),
        Some("") => Some(How::HandlerName),
        Some(rest) if rest.starts_with('-') => Some(How::HandlerPrefix),
        _ if protocol == Protocol::Http && matches!(port.name, "web" | "api") => Some(How::WebName),
        _ => None,
    }
}

/// Whether the container declares another protocol's port. A port for UDP or SCTP counts, by its name as well: SIP's TLS port has
/// a UDP port beside it.
fn speaks_otherwise(protocol: Protocol, container: &Container<'_>) -> bool {
    container.ports.0.iter().any(|port| {
        Named::of(port)
            .is_some_and(|named| named.is_numbered_as_other(protocol) || (!port.is_tcp() && !named.may_speak(protocol)))
    })
}

/// The only TCP port that is left.
fn only(left: &[Named<'_>]) -> Result<(u16, How), Reason> {
    match left {
        [] => Err(reasons::OTHER_PROTOCOL),
        // The API takes a number twice, for two addresses of the host.
        [port, others @ ..] if others.iter().all(|other| other.number == port.number) => {
            Ok((port.number, How::OnlyPort))
        }
        _ => Err(reasons::SEVERAL_PORTS),
    }
}

/// The first port that is no debugger's.
fn first(ports: &[Named<'_>], left: &[Named<'_>]) -> Result<(u16, How), Reason> {
    let port = left.first().ok_or(reasons::OTHER_PROTOCOL)?;
    let how = if ports.first() == Some(port) { How::FirstPort } else { How::FirstBesideDebugger };
    Ok((port.number, how))
}
