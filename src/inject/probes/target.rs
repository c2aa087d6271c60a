//! The rule of several containers: a probe with an explicit port or a command that is wished for all of them must not hit
//! them all. Two containers with the liveness of one are both killed.

use std::collections::HashSet;

use super::super::pod::{Annotations, Container, Pod, Role, Slot};
use super::super::{Reason, defaulting};
use super::{Candidate, port};
use crate::annotation::probe::{Handler, Kind, Port, Probe};
use crate::profile::Source;

pub(super) const OTHER_DECLARES: Reason = Reason {
    code: "OtherDeclaresPort",
    sentence: "the probe is for the containers that declare its port",
    remedy: "Nothing; CONTAINER.podwright.dev/KEY gives this container a probe of its own.",
};
pub(super) const MAIN_ALONE: Reason = Reason {
    code: "MainContainerAlone",
    sentence: "the probe is for the Pod's main container, or where it was put before",
    remedy: "Nothing; CONTAINER.podwright.dev/KEY gives this container a probe of its own, and the annotation kubectl.kubernetes.io/default-container says which one is the main one.",
};

/// A container and where it stands.
type Place<'p> = (Slot, &'p Container<'p>);

/// For each candidate why the probe is not for it, or `None` where it is.
///
/// `selected` are all containers that the Pod's settings are meant for: one that has a key of its own, or that is expected to
/// end, still is the one that a command or a port belongs to.
pub(super) fn of_all(
    kind: Kind,
    pod: &Pod<'_>,
    selected: &[Place<'_>],
    candidates: &[Candidate<'_>],
) -> Vec<Option<Reason>> {
    // A container's own key means that container; all others share one probe, the Pod's or the profile's.
    let is_shared = |candidate: &&Candidate<'_>| candidate.wish.by != Source::Container;
    let shared = candidates.iter().find(is_shared).map(|first| first.wish.value);
    let meant = shared.map_or(Meant::Everyone, |probe| meant(pod, &Shared { kind, probe, selected }));
    let passed_over = |candidate| Some(candidate).filter(is_shared).and_then(|of| meant.passes_over(of.container));
    candidates.iter().map(passed_over).collect()
}

/// A probe that is meant for more than one container.
struct Shared<'s, 'p> {
    kind: Kind,
    probe: &'s Probe,
    selected: &'s [Place<'p>],
}

impl<'p> Shared<'_, 'p> {
    /// The containers that have just this probe: where it was put before others came, it stays the one that is meant.
    fn holders(&self) -> Vec<&'p str> {
        self.names(|container| {
            super::there(self.kind, container).is_some_and(|there| {
                port::settle(self.probe, container).is_ok_and(|wanted| defaulting::same_probe(there, &wanted))
            })
        })
    }

    fn declaring(&self, port: &Port) -> Vec<&'p str> {
        self.names(|container| port::declares(container, port))
    }

    fn names(&self, is: impl Fn(&Container<'_>) -> bool) -> Vec<&'p str> {
        let named = self.selected.iter().filter(|(_, container)| is(container));
        named.map(|(_, container)| container.name.as_str()).collect()
    }
}

/// Which of those who share a probe it is for.
enum Meant<'p> {
    Everyone,
    Only(HashSet<&'p str>, Reason),
}

impl Meant<'_> {
    fn passes_over(&self, container: &Container<'_>) -> Option<Reason> {
        match self {
            Self::Everyone => None,
            Self::Only(names, reason) => (!names.contains(container.name.as_str())).then_some(*reason),
        }
    }
}

fn meant<'p>(pod: &Pod<'_>, shared: &Shared<'_, 'p>) -> Meant<'p> {
    let asks = asks(shared.probe);
    let declaring = asks.port().map(|port| shared.declaring(port)).unwrap_or_default();
    let everyone = matches!(asks, Asks::Inferred(_)) && declaring.is_empty();
    if everyone || shared.selected.len() < 2 {
        return Meant::Everyone;
    }
    let only = |names: Vec<&'p str>, reason| Meant::Only(names.into_iter().collect(), reason);
    let (holders, main) = (shared.holders(), main_of(pod, shared.selected));
    match asks {
        Asks::Inferred(_) => only([declaring, holders, vec![main]].concat(), OTHER_DECLARES),
        _ if !declaring.is_empty() => only([declaring, holders].concat(), OTHER_DECLARES),
        _ if !holders.is_empty() => only(holders, MAIN_ALONE),
        _ => only(vec![main], MAIN_ALONE),
    }
}

/// What a probe asks, as far as it tells containers apart.
enum Asks {
    /// Whatever port each container has; those that have one of the handler's name, if it has one, come first.
    Inferred(Option<Port>),
    /// This port.
    Port(Port),
    /// A command of the image.
    Command,
}

impl Asks {
    /// The port that tells them apart.
    fn port(&self) -> Option<&Port> {
        match self {
            Self::Inferred(port) => port.as_ref(),
            Self::Port(port) => Some(port),
            Self::Command => None,
        }
    }
}

fn asks(probe: &Probe) -> Asks {
    match &probe.handler {
        Handler::Exec(_) => Asks::Command,
        Handler::Http { port: Some(port), .. } | Handler::Tcp { port: Some(port) } => Asks::Port(port.clone()),
        Handler::Grpc { port: Some(port), .. } => Asks::Port(Port::Number(*port)),
        Handler::Http { port: None, .. } | Handler::Tcp { port: None } | Handler::Grpc { port: None, .. } => {
            Asks::Inferred(port::usual_name(&probe.handler).map(|name| Port::Name(name.to_owned())))
        }
    }
}

/// The container that is meant where none is named: as kubectl has it, the one that the Pod's annotation names, else the
/// first.
fn main_of<'p>(pod: &Pod<'_>, selected: &[Place<'p>]) -> &'p str {
    let name = |(_, container): &Place<'p>| container.name.as_str();
    let main = pod.annotations().and_then(Annotations::default_container);
    let named = selected.iter().map(name).find(|name| Some(*name) == main);
    let app = selected.iter().find(|(slot, container)| container.role(*slot) == Role::App).map(name);
    named.or(app).or(selected.first().map(name)).unwrap_or_default()
}
