//! The rule of several containers: a probe with an explicit port or a command that is wished for all of them must not hit
//! them all. Two containers with the liveness of one are both killed.

use super::super::Reason;
use super::super::pod::{Annotations, Container, Pod, Role};
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

/// For each candidate why the probe is not for it, or `None` where it is.
pub(super) fn of_all(pod: &Pod<'_>, candidates: &[Candidate<'_>]) -> Vec<Option<Reason>> {
    // A container's own key means that container; all others share one probe, the Pod's or the profile's.
    let is_shared = |candidate: &&Candidate<'_>| candidate.wish.by != Source::Container;
    let shared: Vec<_> = candidates.iter().filter(is_shared).collect();
    let meant = meant(pod, &shared);
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

fn meant<'p>(pod: &Pod<'_>, shared: &[&Candidate<'p>]) -> Meant<'p> {
    let [first, _, ..] = shared else { return Meant::Everyone };
    match asks(first.wish.value) {
        Asks::Inferred => Meant::Everyone,
        Asks::Port(port) if shared.iter().any(|candidate| port::declares(candidate.container, &port)) => {
            Meant::Declaring(port)
        }
        Asks::Port(_) | Asks::Command => Meant::Only(main_of(pod, shared)),
    }
}

/// What a probe asks, as far as it tells containers apart.
enum Asks {
    /// Whatever port each container has.
    Inferred,
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
            Asks::Inferred
        }
    }
}

/// The container that is meant where none is named, of those that the wish reaches: as kubectl has it, the one that the
/// Pod's annotation names, else the first.
fn main_of<'p>(pod: &Pod<'_>, reached: &[&Candidate<'p>]) -> &'p str {
    let main = pod.annotations().and_then(Annotations::default_container);
    let named = |candidate: &&&Candidate<'p>| Some(candidate.container.name.as_str()) == main;
    let app = |candidate: &&&Candidate<'p>| candidate.container.role(candidate.slot) == Role::App;
    let main = reached.iter().find(named).or_else(|| reached.iter().find(app)).or_else(|| reached.first());
    main.map(|candidate| candidate.container.name.as_str()).unwrap_or_default()
}
