//! The rule of several containers: a probe with an explicit port or a command that is wished for all of them must not hit
//! them all. Two containers with the liveness of one are both killed.

use super::super::Reason;
use super::super::pod::{Annotations, Container, Pod, Role, Slot};
use super::{Candidate, port};
use crate::annotation::probe::{Handler, Port, Probe};
use crate::profile::Source;

pub(super) const OTHER_DECLARES: Reason = Reason {
    code: "OtherDeclaresPort",
    sentence: "the probe is for the containers that declare its port",
    remedy: "Nothing; CONTAINER.podwright.dev/KEY gives this container a probe of its own.",
};
pub(super) const MAIN_ALONE: Reason = Reason {
    code: "MainContainerAlone",
    sentence: "such a probe is for the Pod's main container alone",
    remedy: "Nothing; CONTAINER.podwright.dev/KEY gives this container a probe of its own, and the annotation kubectl.kubernetes.io/default-container says which one is the main one.",
};

/// A container and where it stands.
type Place<'p> = (Slot, &'p Container<'p>);

/// For each candidate why the probe is not for it, or `None` where it is.
///
/// `selected` are all containers that the Pod's settings are meant for: one that has a key of its own, or that is expected to
/// end, still is the one that a command or a port belongs to.
pub(super) fn of_all(pod: &Pod<'_>, selected: &[Place<'_>], candidates: &[Candidate<'_>]) -> Vec<Option<Reason>> {
    // A container's own key means that container; all others share one probe, the Pod's or the profile's.
    let is_shared = |candidate: &&Candidate<'_>| candidate.wish.by != Source::Container;
    let meant =
        candidates.iter().find(is_shared).map_or(Meant::Everyone, |first| meant(pod, selected, first.wish.value));
    let passed_over = |candidate| Some(candidate).filter(is_shared).and_then(|of| meant.passes_over(of.container));
    candidates.iter().map(passed_over).collect()
}

/// Which of those who share a probe it is for.
enum Meant<'p> {
    Everyone,
    Declaring(Port),
    Only(&'p str),
}

impl Meant<'_> {
    fn passes_over(&self, container: &Container<'_>) -> Option<Reason> {
        match self {
            Self::Everyone => None,
            Self::Declaring(port) => (!port::declares(container, port)).then_some(OTHER_DECLARES),
            Self::Only(name) => (container.name.as_str() != *name).then_some(MAIN_ALONE),
        }
    }
}

fn meant<'p>(pod: &Pod<'_>, selected: &[Place<'p>], probe: &Probe) -> Meant<'p> {
    let anyone_declares = |port: &Port| selected.iter().any(|(_, container)| port::declares(container, port));
    match asks(probe) {
        _ if selected.len() < 2 => Meant::Everyone,
        Asks::Inferred(name) => name
            .map(|name| Port::Name(name.to_owned()))
            .filter(&anyone_declares)
            .map_or(Meant::Everyone, Meant::Declaring),
        Asks::Port(port) if anyone_declares(&port) => Meant::Declaring(port),
        Asks::Port(_) | Asks::Command => Meant::Only(main_of(pod, selected)),
    }
}

/// What a probe asks, as far as it tells containers apart.
enum Asks {
    /// Whatever port each container has; those that have one of the usual name come first.
    Inferred(Option<&'static str>),
    /// This port.
    Port(Port),
    /// A command of the image.
    Command,
}

fn asks(probe: &Probe) -> Asks {
    match &probe.handler {
        Handler::Exec(_) => Asks::Command,
        Handler::Http { port: Some(port), .. } | Handler::Tcp { port: Some(port) } => Asks::Port(port.clone()),
        Handler::Grpc { port: Some(port), .. } => Asks::Port(Port::Number(*port)),
        Handler::Http { port: None, .. } | Handler::Tcp { port: None } | Handler::Grpc { port: None, .. } => {
            Asks::Inferred(port::usual_name(&probe.handler))
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
