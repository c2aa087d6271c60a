//! The rule of several containers: a probe with an explicit port or a command that is wished for all of them must not hit
//! them all. Two containers with the liveness of one are both killed.

use super::super::Reason;
use super::super::pod::{Annotations, Container, Pod, Role};
use super::{Candidate, port};
use crate::annotation::probe::{Handler, Port, Probe};
use crate::profile::Source;

pub(super) const OTHER_DECLARES: Reason =
    Reason { code: "OtherDeclaresPort", sentence: "the probe is for the containers that declare its port" };
pub(super) const MAIN_ALONE: Reason =
    Reason { code: "MainContainerAlone", sentence: "such a probe is for the Pod's main container alone" };

/// For each candidate why the probe is not for it, or `None` where it is.
pub(super) fn of_all(pod: &Pod<'_>, candidates: &[Candidate<'_>]) -> Vec<Option<Reason>> {
    // A container's own key means that container; all others share one probe, the Pod's or the profile's.
    let shared = || candidates.iter().filter(|candidate| candidate.wish.by != Source::Container);
    let asks = shared().next().map(|candidate| asks(candidate.wish.value));
    let (Some(asks), true) = (asks, shared().count() > 1) else { return vec![None; candidates.len()] };
    let is_meant: Box<dyn Fn(&Container<'_>) -> Option<Reason>> = match asks {
        Asks::Inferred => Box::new(|_| None),
        Asks::Port(port) if shared().any(|candidate| port::declares(candidate.container, &port)) => {
            Box::new(move |container| (!port::declares(container, &port)).then_some(OTHER_DECLARES))
        }
        Asks::Port(_) | Asks::Command => {
            let main = main_of(pod, &shared().collect::<Vec<_>>()).to_owned();
            Box::new(move |container| (container.name.as_str() != main).then_some(MAIN_ALONE))
        }
    };
    let reason = |candidate: &Candidate<'_>| {
        (candidate.wish.by != Source::Container).then(|| is_meant(candidate.container)).flatten()
    };
    candidates.iter().map(reason).collect()
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
    let named = pod.annotations().and_then(Annotations::default_container);
    let name = |candidate: &&&Candidate<'p>| Some(candidate.container.name.as_str()) == named;
    let app = |candidate: &&&Candidate<'p>| candidate.container.role(candidate.slot) == Role::App;
    let main = reached.iter().find(name).or_else(|| reached.iter().find(app)).or_else(|| reached.first());
    main.map(|candidate| candidate.container.name.as_str()).unwrap_or_default()
}
