//! The containers that can have probes, with their wishes and existing probes.

use std::cell::OnceCell;

use serde_json::value::RawValue;

use super::handler::{self, Protocol};
use super::local;
use crate::annotation::probe::{Probe, ProbeKind};
use crate::inject::pod::{Container, ContainerAt, Field, Pod, Role};
use crate::inject::{Guess, Reason};
use crate::profile::{Plan, Source, Wish, Wishes};

/// A container that can have probes, with its wishes.
pub(super) struct Runner<'p> {
    pub(super) at: ContainerAt<'p>,
    pub(super) wishes: &'p Wishes<'p>,
    /// `true` if it binds a declared port to an address that the kubelet cannot reach. Computed only if a guess depends
    /// on it.
    pub(super) binds_locally: bool,
    /// The guess of each kind, kept because many rules use it.
    pub(super) guesses: KnownGuesses,
}

/// Returns the containers that can have probes.
pub(super) fn runners<'p>(pod: &'p Pod<'p>, plan: &'p Plan<'p>) -> Vec<Runner<'p>> {
    let all = pod.containers().zip(&plan.containers);
    let running = all.filter(|(at, _)| at.role() != Role::Init);
    let runner = |(at, wishes): (ContainerAt<'p>, &'p Wishes<'p>)| {
        let guesses = ProbeKind::ALL.into_iter().filter_map(|kind| wish(kind, wishes)).filter_map(protocol_of_guess);
        let binds_locally = guesses.count() > 0 && local::binds_declared_port(at.container);
        Runner { at, wishes, binds_locally, guesses: KnownGuesses::default() }
    };
    running.map(runner).collect()
}

/// The guesses for one container, each with its protocol.
#[derive(Default)]
pub(super) struct KnownGuesses {
    startup: OnceCell<(Protocol, Result<Guess, Reason>)>,
    readiness: OnceCell<(Protocol, Result<Guess, Reason>)>,
    liveness: OnceCell<(Protocol, Result<Guess, Reason>)>,
}

impl KnownGuesses {
    /// Returns the guess for a probe of this kind.
    pub(super) fn of(&self, kind: ProbeKind) -> &OnceCell<(Protocol, Result<Guess, Reason>)> {
        match kind {
            ProbeKind::Startup => &self.startup,
            ProbeKind::Readiness => &self.readiness,
            ProbeKind::Liveness => &self.liveness,
        }
    }
}

/// Returns the wish for a probe of this kind.
pub(super) fn wish<'p>(kind: ProbeKind, wishes: &Wishes<'p>) -> Option<Wish<'p, Probe>> {
    match kind {
        ProbeKind::Startup => wishes.startup_probe,
        ProbeKind::Readiness => wishes.readiness_probe,
        ProbeKind::Liveness => wishes.liveness_probe,
    }
}

/// Returns the container's own probe of this kind.
pub(super) fn existing<'c>(kind: ProbeKind, container: &'c Container<'_>) -> Option<&'c RawValue> {
    let field: &Field<&RawValue> = match kind {
        ProbeKind::Startup => &container.startup_probe,
        ProbeKind::Readiness => &container.readiness_probe,
        ProbeKind::Liveness => &container.liveness_probe,
    };
    field.as_ref().copied()
}

/// Returns the protocol of a probe with a guessed port: a profile's probe that names none. Annotations infer their port
/// instead.
pub(super) fn protocol_of_guess(wish: Wish<'_, Probe>) -> Option<Protocol> {
    let guessed = wish.by == Source::Profile && !handler::names_port(&wish.value.handler);
    Protocol::of(&wish.value.handler).filter(|_| guessed)
}
