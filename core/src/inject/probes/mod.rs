//! `startup-probe`, `readiness-probe` and `liveness-probe`: a probe where the container has none of that kind.
//!
//! An annotation is an order: where it names no port, the port is inferred. A profile is a default: where it names no port,
//! the port is a guess, which is made only where it cannot stop a healthy Pod.

mod guessing;
mod handler;
mod local;
mod names;
mod object;
mod port;
mod reasons;
mod target;

use std::borrow::Cow;

use super::defaulting;
use super::draft::{AUTHORS_NULL, INIT_CONTAINER, KEPT_AUTHORS, RUNS_TO_COMPLETION};
use super::guess::Guess;
use super::pod::{Container, Field, Pod, Role, Slot};
use super::{Draft, Entry, Feature, InContainer, Outcome, Reason};
use crate::annotation::probe::{Probe, ProbeKind};
use crate::profile::{Plan, Source, Wish, Wishes};
use guessing::Facts;
use port::Settled;
use serde_json::value::RawValue;

/// A probe of each kind in each container that runs on, where the rule of several containers lets it.
pub(super) const FEATURE: Feature =
    Feature { keys: &["startup-probe", "readiness-probe", "liveness-probe"], fit, reasons: reasons::ALL };

/// A container that can have probes, with what is wished for it.
struct Runner<'p> {
    slot: Slot,
    container: &'p Container<'p>,
    wishes: &'p Wishes<'p>,
    /// Whether it binds a declared port where no kubelet gets; looked for only where a guess depends on it.
    binds_locally: bool,
    /// The guess of each kind, once it was asked for: many rules depend on it.
    guesses: guessing::Known,
}

/// A container for which a probe is wished, and that can have one.
struct Candidate<'r, 'p> {
    runner: &'r Runner<'p>,
    wish: Wish<'p, Probe>,
    settled: Result<Settled, Reason>,
    /// What the wish takes as JSON.
    bytes: usize,
}

/// What the probes of one kind depend on.
#[derive(Clone, Copy)]
struct Ground<'r, 'p> {
    kind: ProbeKind,
    pod: &'p Pod<'p>,
    runners: &'r [Runner<'p>],
    facts: Facts,
}

fn fit<'p>(pod: &'p Pod<'p>, plan: &'p Plan<'p>, draft: &mut Draft<'p>) {
    let runners = runners(pod, plan);
    for kind in ProbeKind::ALL {
        let ground = Ground { kind, pod, runners: &runners, facts: Facts::of(pod, plan) };
        let candidates = ground.candidates();
        note_init_containers(ground, plan, candidates.is_empty(), draft);
        let reasons: Vec<_> = target::of_all(ground, &candidates);
        let anyone = reasons.iter().any(Option::is_none);
        for (candidate, reason) in candidates.iter().zip(reasons) {
            if draft.is_overspent() {
                return;
            }
            let outcome = match reason {
                Some(reason) if anyone => Outcome::PassedOver(reason),
                Some(reason) => Outcome::Skipped(reason),
                None if ends(pod, candidate) => Outcome::Skipped(RUNS_TO_COMPLETION),
                None => ground.put(candidate, draft),
            };
            draft.report(entry(kind, candidate.runner.container, candidate.wish.by, outcome));
        }
    }
}

fn runners<'p>(pod: &'p Pod<'p>, plan: &'p Plan<'p>) -> Vec<Runner<'p>> {
    let all = pod.containers().zip(&plan.containers);
    let running = all.filter(|((slot, container), _)| container.role(*slot) != Role::Init);
    let runner = |((slot, container), wishes)| {
        let guesses =
            ProbeKind::ALL.into_iter().filter_map(|kind| wish(kind, wishes)).filter_map(guessing::protocol_of);
        let binds_locally = guesses.count() > 0 && local::binds_declared_port(container);
        Runner { slot, container, wishes, binds_locally, guesses: guessing::Known::default() }
    };
    running.map(runner).collect()
}

/// Reports the probes that init containers cannot have.
fn note_init_containers<'p>(
    Ground { kind, pod, .. }: Ground<'_, 'p>,
    plan: &'p Plan<'p>,
    nobody_else: bool,
    draft: &mut Draft<'p>,
) {
    let inits = pod.containers().zip(&plan.containers).filter(|((slot, init), _)| init.role(*slot) == Role::Init);
    for ((_, container), wishes) in inits {
        // A Pod-level probe is meant for those that can take it; it is missed only where nobody can.
        let missed = |by| by == Source::Container || (by == Source::Pod && nobody_else);
        if let Some(wish) = wish(kind, wishes).filter(|wish| missed(wish.by)) {
            draft.report(entry(kind, container, wish.by, Outcome::Skipped(INIT_CONTAINER)));
        }
    }
}

/// Whether the container is expected to end, and nobody but the profile wishes for a probe in it.
fn ends(pod: &Pod<'_>, Candidate { runner, wish, .. }: &Candidate<'_, '_>) -> bool {
    let Runner { slot, container, .. } = runner;
    let app = container.role(*slot) == Role::App;
    app && wish.by == Source::Profile && container.runs_to_completion(*slot, pod)
}

fn wish<'p>(kind: ProbeKind, wishes: &Wishes<'p>) -> Option<Wish<'p, Probe>> {
    match kind {
        ProbeKind::Startup => wishes.startup_probe,
        ProbeKind::Readiness => wishes.readiness_probe,
        ProbeKind::Liveness => wishes.liveness_probe,
    }
}

fn there<'c>(kind: ProbeKind, container: &'c Container<'_>) -> Option<&'c RawValue> {
    let field: &Field<&RawValue> = match kind {
        ProbeKind::Startup => &container.startup_probe,
        ProbeKind::Readiness => &container.readiness_probe,
        ProbeKind::Liveness => &container.liveness_probe,
    };
    field.as_ref().copied()
}

fn entry<'p>(kind: ProbeKind, container: &'p Container<'p>, by: Source, outcome: Outcome) -> Entry<'p> {
    Entry { key: kind.key(), container: container.name.as_str(), item: Cow::Borrowed(""), by, outcome }
}

impl<'r, 'p> Ground<'r, 'p> {
    /// The containers for which the probe is wished and that can have one.
    fn candidates(self) -> Vec<Candidate<'r, 'p>> {
        // Most containers share one wish, which may have thousands of words: it is weighed once.
        let mut weighed: Option<(&Probe, usize)> = None;
        let candidate = |runner: &'r Runner<'p>| {
            let wish = wish(self.kind, runner.wishes)?;
            let known = weighed.filter(|(probe, _)| std::ptr::eq(*probe, wish.value));
            let bytes = known.map_or_else(|| wish.value.bytes(), |(_, bytes)| bytes);
            weighed = Some((wish.value, bytes));
            Some(Candidate { runner, wish, settled: port::settle(self.kind, wish, runner, self.facts), bytes })
        };
        self.runners.iter().filter_map(candidate).collect()
    }

    /// Puts the probe where there is none.
    fn put(self, candidate: &Candidate<'_, 'p>, draft: &mut Draft<'p>) -> Outcome {
        let Candidate { runner, wish, ref settled, bytes } = *candidate;
        draft.spend(bytes);
        let doubt = outlasted(self.kind, candidate, draft).then_some(reasons::GRACE_BELOW_SLEEP);
        match (there(self.kind, runner.container), settled) {
            (Some(there), Ok(settled)) if object::is(there, wish.value, settled) => in_force(settled, doubt),
            (Some(_), _) => Outcome::Kept(KEPT_AUTHORS),
            (None, _) if runner.container.authored.probe(self.kind).is_null() => Outcome::Skipped(AUTHORS_NULL),
            (None, Err(reason)) => Outcome::Skipped(*reason),
            (None, Ok(settled)) if settled.guess.is_some() && self.is_beside_authors(runner) => {
                Outcome::Skipped(reasons::AUTHORS_PROBE)
            }
            (None, Ok(settled)) => {
                let probe = Box::new(object::of(wish.value, settled));
                draft.edit(runner.slot, InContainer::Probe(self.kind, probe));
                in_force(settled, doubt)
            }
        }
    }

    /// Whether the author wrote a probe of another kind in this container.
    ///
    /// A probe that equals the wish of its kind is not the author's, so that a second round, which finds podwright's, comes to
    /// the same. This rule is not asked again for that wish: two guesses would wait for each other.
    fn is_beside_authors(self, runner: &Runner<'_>) -> bool {
        let is_authors = |kind: &ProbeKind| {
            let wished = |there| {
                let wish = wish(*kind, runner.wishes)?;
                let settled = port::settle(*kind, wish, runner, self.facts).ok()?;
                object::is(there, wish.value, &settled).then_some(())
            };
            there(*kind, runner.container).is_some_and(|there| wished(there).is_none())
        };
        ProbeKind::ALL.iter().filter(|kind| **kind != self.kind).any(is_authors)
    }
}

fn in_force(settled: &Settled, doubt: Option<Reason>) -> Outcome {
    match (settled.guess, doubt) {
        (Some(guess), _) => Outcome::Guessed(Guess { doubt, ..guess }),
        (None, Some(reason)) => Outcome::Doubtful(reason),
        (None, None) => Outcome::InForce,
    }
}

/// Whether the container's preStop sleep takes all the time that the probe leaves it.
fn outlasted(kind: ProbeKind, Candidate { runner, wish, .. }: &Candidate<'_, '_>, draft: &Draft<'_>) -> bool {
    let Some(grace) = wish.value.grace.filter(|_| kind != ProbeKind::Readiness) else { return false };
    let ours = draft.edits_of(runner.slot).iter().find_map(|edit| match edit {
        InContainer::PreStop(handler) => defaulting::sleep_of(handler),
        _ => None,
    });
    let theirs = || {
        let hook = runner.container.lifecycle.as_ref()?.pre_stop.as_ref()?;
        defaulting::sleep_of(&defaulting::decoded(hook)?)
    };
    ours.or_else(theirs).is_some_and(|sleep| grace.get() <= sleep)
}
