//! Guesses the port of a profile's probe that names none.
//!
//! A profile applies to Pods that nobody reviewed, so a guess must never stop a healthy Pod. In any doubt, podwright
//! does not guess. docs/profiles.md lists the rules.

use super::declared_ports::tcp_ports;
use super::handler::Protocol;
use super::names::Named;
use super::reasons;
use super::runner::Runner;
use crate::annotation::probe::ProbeKind;
use crate::inject::pod::{Container, Owner, Pod};
use crate::inject::{Guess, How, Reason};
use crate::profile::{Plan, Source};

/// The facts of a Pod that all its guesses depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    host_network: bool,
    stateful_set: bool,
    /// `true` if the Pod's own annotation opted in, and not only its Namespace.
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

    /// Returns the port of a probe of this kind, or the reason against a guess. It ignores the author's other probes.
    pub(super) fn guess(self, kind: ProbeKind, protocol: Protocol, runner: &Runner<'_>) -> Result<Guess, Reason> {
        let guess = || self.guess_anew(kind, protocol, runner);
        // One guess per kind is kept. Probes of one kind rarely differ in protocol.
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

/// Returns the most probable port for this probe.
fn choose(kind: ProbeKind, protocol: Protocol, container: &Container<'_>) -> Result<(u16, How), Reason> {
    let ports: Vec<Named<'_>> = tcp_ports(container).filter_map(Named::of).collect();
    let left: Vec<Named<'_>> = match protocol {
        // TCP succeeds on any port, so only the ports that a bare connection may harm are left out.
        Protocol::Tcp if ports.iter().any(|port| port.is_mysqls()) => return Err(reasons::MYSQL),
        Protocol::Tcp => ports.iter().copied().filter(|port| !port.is_debuggers()).collect(),
        _ => ports.iter().copied().filter(|port| port.may_speak(protocol)).collect(),
    };
    match (kind, protocol) {
        // A wrong readiness probe keeps a Pod unready; a wrong probe of another kind restarts the container. So readiness
        // may use a port's position, and the others need a name.
        (ProbeKind::Readiness, Protocol::Tcp) => first(&ports, &left),
        (ProbeKind::Readiness, _) => by_name(protocol, &left).map_or_else(
            || if speaks_otherwise(protocol, container) { Err(reasons::OTHER_PROTOCOL) } else { only(&left) },
            Ok,
        ),
        (ProbeKind::Liveness | ProbeKind::Startup, _) => by_name(protocol, &left).ok_or(reasons::NO_NAMED_PORT),
    }
}

/// Returns the port with the most telling name; the first one if there are several.
fn by_name(protocol: Protocol, ports: &[Named<'_>]) -> Option<(u16, How)> {
    let found = ports.iter().filter_map(|port| Some((port.number, how(protocol, *port)?)));
    found.min_by_key(|(_, how)| *how)
}

/// Returns the rule that selects the port by its name.
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

/// Returns whether the container declares another protocol's port. UDP and SCTP ports count too, by their names: SIP,
/// for example, has a UDP port next to its TLS port.
fn speaks_otherwise(protocol: Protocol, container: &Container<'_>) -> bool {
    container.ports.0.iter().any(|port| {
        Named::of(port)
            .is_some_and(|named| named.is_numbered_as_other(protocol) || (!port.is_tcp() && !named.may_speak(protocol)))
    })
}

/// Returns the only suitable TCP port.
fn only(left: &[Named<'_>]) -> Result<(u16, How), Reason> {
    match left {
        [] => Err(reasons::OTHER_PROTOCOL),
        // The API allows a number twice, for two addresses of the host.
        [port, others @ ..] if others.iter().all(|other| other.number == port.number) => {
            Ok((port.number, How::OnlyPort))
        }
        _ => Err(reasons::SEVERAL_PORTS),
    }
}

/// Returns the first port that is not a debugger's.
fn first(ports: &[Named<'_>], left: &[Named<'_>]) -> Result<(u16, How), Reason> {
    let port = left.first().ok_or(reasons::OTHER_PROTOCOL)?;
    let how = if ports.first() == Some(port) { How::FirstPort } else { How::FirstBesideDebugger };
    Ok((port.number, how))
}
