//! The rule for several containers: a probe for the whole Pod must not go to all of them. If two containers got the
//! liveness probe of one, its failure would restart both.

use std::collections::HashSet;

use super::candidate::{Candidate, ProbeContext};
use super::declared_ports::declares;
use super::reasons::{MAIN_ALONE, NATIVE_SIDECAR, OTHER_DECLARES};
use super::runner::{self, Runner, protocol_of_guess};
use super::{api_probe, port};
use crate::annotation::probe::{Handler, Port, Probe, ProbeKind};
use crate::inject::Reason;
use crate::inject::pod::{Annotations, Container, Pod, Role};
use crate::profile::{Source, Wish};

/// Returns for each candidate the reason that the probe is not for it; `None` if the probe is for it.
pub(super) fn of_all(context: ProbeContext<'_, '_>, candidates: &[Candidate<'_, '_>]) -> Vec<Option<Reason>> {
    // A container's own key is for that container only. All others share one probe, from the Pod or the profile.
    let is_shared = |candidate: &&Candidate<'_, '_>| candidate.wish.by != Source::Container;
    let shared = candidates.iter().find(is_shared).map(|first| SharedProbe::of(context, first.wish));
    let meant = shared.map_or(MeantContainers::Everyone, |shared| shared.meant());
    let reason = |candidate: &Candidate<'_, '_>| {
        let waits = may_hold_back(context.kind, candidate.runner).then_some(NATIVE_SIDECAR);
        waits.or_else(|| meant.passes_over(candidate.runner.at.container))
    };
    candidates.iter().map(|candidate| Some(candidate).filter(is_shared).and_then(reason)).collect()
}

/// Returns whether the application would wait for this probe, as for a native sidecar's startup probe. A proxy that
/// itself waits for the application would never succeed.
fn may_hold_back(kind: ProbeKind, runner: &Runner<'_>) -> bool {
    kind == ProbeKind::Startup && runner.at.role() == Role::NativeSidecar
}

/// A probe for more than one container.
struct SharedProbe<'r, 'p> {
    context: ProbeContext<'r, 'p>,
    wish: Wish<'p, Probe>,
    /// The containers that the Pod's settings select. It includes those with a key of their own and those that are
    /// expected to end: the command or the port may belong to them.
    selected: Vec<&'r Runner<'p>>,
}

/// The containers that get a shared probe.
enum MeantContainers<'p> {
    Everyone,
    Only(HashSet<&'p str>, Reason),
}

impl MeantContainers<'_> {
    fn passes_over(&self, container: &Container<'_>) -> Option<Reason> {
        match self {
            Self::Everyone => None,
            Self::Only(names, reason) => (!names.contains(container.name.as_str())).then_some(*reason),
        }
    }
}

impl<'r, 'p> SharedProbe<'r, 'p> {
    fn of(context: ProbeContext<'r, 'p>, wish: Wish<'p, Probe>) -> Self {
        let selected = context.runners.iter().filter(|runner| runner.wishes.is_selected()).collect();
        Self { context, wish, selected }
    }

    fn meant(&self) -> MeantContainers<'p> {
        let asks = AskedPort::of(self.wish);
        let declaring = self.declaring(&asks);
        let everyone = asks.leaves_port_open() && declaring.is_empty();
        if everyone || self.selected.len() < 2 {
            return MeantContainers::Everyone;
        }
        let only = |names: Vec<&'p str>, reason| MeantContainers::Only(names.into_iter().collect(), reason);
        let (holders, main) = (self.holders(), self.main());
        match asks {
            _ if asks.leaves_port_open() => only([declaring, holders, vec![main]].concat(), OTHER_DECLARES),
            _ if !declaring.is_empty() => only([declaring, holders].concat(), OTHER_DECLARES),
            _ if !holders.is_empty() => only(holders, MAIN_ALONE),
            _ => only(vec![main], MAIN_ALONE),
        }
    }

    /// Returns the containers that declare the port which decides.
    fn declaring(&self, asks: &AskedPort) -> Vec<&'p str> {
        match asks {
            AskedPort::Port(port) | AskedPort::Inferred(Some(port)) => {
                self.names(|runner| declares(runner.at.container, port))
            }
            AskedPort::Guessed => self.names(|runner| {
                let settled = port::settle(self.context.kind, self.wish, runner, self.context.facts);
                settled.is_ok_and(|settled| settled.guess.is_some_and(|guess| guess.how.is_by_name()))
            }),
            AskedPort::Inferred(None) | AskedPort::Command => Vec::new(),
        }
    }

    /// Returns the containers that already have exactly this probe. It stays theirs, even if other containers are added
    /// later.
    ///
    /// A container with its own key does not count: its probe comes from that key, and the first round did not find it.
    fn holders(&self) -> Vec<&'p str> {
        let ProbeContext { kind, facts, .. } = self.context;
        let by_its_own =
            |it: &Runner<'p>| runner::wish(kind, it.wishes).is_some_and(|wish| wish.by == Source::Container);
        self.names(|runner| {
            let existing = runner::existing(kind, runner.at.container);
            existing.filter(|_| !may_hold_back(kind, runner) && !by_its_own(runner)).is_some_and(|existing| {
                let settled = port::settle(kind, self.wish, runner, facts);
                settled.is_ok_and(|settled| api_probe::is(existing, self.wish.value, &settled))
            })
        })
    }

    fn names(&self, is: impl Fn(&Runner<'p>) -> bool) -> Vec<&'p str> {
        let named = self.selected.iter().filter(|runner| is(runner));
        named.map(|runner| runner.at.container.name.as_str()).collect()
    }

    /// Returns the main container, as kubectl does: the one in the Pod's annotation, or else the first.
    fn main(&self) -> &'p str {
        let candidates = self.selected.iter().filter(|runner| !may_hold_back(self.context.kind, runner));
        main_of(self.context.pod, candidates.copied())
    }
}

/// The port of a probe, as far as it selects containers.
enum AskedPort {
    /// A port of each container. Containers that declare a port with the handler's usual name, if it has one, come
    /// first.
    Inferred(Option<Port>),
    /// A guessed port of each container. Containers with a port guessed by name come first.
    Guessed,
    /// A named port.
    Port(Port),
    /// A command of the image.
    Command,
}

impl AskedPort {
    fn of(wish: Wish<'_, Probe>) -> Self {
        let handler: &Handler = &wish.value.handler;
        match (port::named(handler), super::handler::Protocol::of(handler)) {
            (Some(port), _) => Self::Port(port),
            (None, None) => Self::Command,
            (None, Some(_)) if protocol_of_guess(wish).is_some() => Self::Guessed,
            (None, Some(protocol)) => {
                Self::Inferred(port::usual_name(protocol).map(|name| Port::Name(name.to_owned())))
            }
        }
    }

    fn leaves_port_open(&self) -> bool {
        matches!(self, Self::Inferred(_) | Self::Guessed)
    }
}

fn main_of<'r, 'p: 'r>(pod: &Pod<'_>, runners: impl Iterator<Item = &'r Runner<'p>> + Clone) -> &'p str {
    let name = |runner: &'r Runner<'p>| runner.at.container.name.as_str();
    let main = pod.annotations().and_then(Annotations::default_container);
    let named = runners.clone().map(name).find(|name| Some(*name) == main);
    let app = runners.clone().find(|runner| runner.at.role() == Role::App).map(name);
    named.or(app).or(runners.clone().next().map(name)).unwrap_or_default()
}
