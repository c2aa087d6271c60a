//! `startup-probe`, `readiness-probe` and `liveness-probe`: probes for containers without a probe of that kind.
//!
//! An annotation is explicit: if it names no port, podwright infers one. A profile is a default: if it names no port,
//! podwright guesses one, and only if the guess cannot stop a healthy Pod.

mod api_probe;
mod candidate;
mod declared_ports;
mod guessing;
mod handler;
mod local;
mod names;
mod port;
mod reasons;
mod runner;
mod target;

use std::borrow::Cow;

use super::pod::{Container, Pod, Role};
use super::reason::{AUTHORS_NULL, INIT_CONTAINER, KEPT_AUTHORS, RUNS_TO_COMPLETION};
use super::{Draft, Entry, Feature, Guess, InContainer, Outcome, Reason, api_defaults};
use crate::annotation::probe::ProbeKind;
use crate::profile::{Plan, Source};
use candidate::{Candidate, ProbeContext};
use guessing::Facts;
use port::SettledPort;
use runner::{Runner, existing, runners, wish};

/// Adds a probe of each kind to the containers that keep running, within the rule for several containers.
pub(super) const FEATURE: Feature =
    Feature { keys: &["startup-probe", "readiness-probe", "liveness-probe"], fit, reasons: reasons::ALL };

fn fit<'p>(pod: &'p Pod<'p>, plan: &'p Plan<'p>, draft: &mut Draft<'p>) {
    let runners = runners(pod, plan);
    for kind in ProbeKind::ALL {
        let context = ProbeContext { kind, pod, runners: &runners, facts: Facts::of(pod, plan) };
        let candidates = context.candidates();
        note_init_containers(context, plan, candidates.is_empty(), draft);
        let reasons: Vec<_> = target::of_all(context, &candidates);
        let anyone = reasons.iter().any(Option::is_none);
        for (candidate, reason) in candidates.iter().zip(reasons) {
            if draft.is_overspent() {
                return;
            }
            let outcome = match reason {
                Some(reason) if anyone => Outcome::PassedOver(reason),
                Some(reason) => Outcome::Skipped(reason),
                None if ends(pod, candidate) => Outcome::Skipped(RUNS_TO_COMPLETION),
                None => context.put(candidate, draft),
            };
            draft.report(entry(kind, candidate.runner.at.container, candidate.wish.by, outcome));
        }
    }
}

/// Reports wishes for probes in init containers, which cannot have them.
fn note_init_containers<'p>(
    ProbeContext { kind, pod, .. }: ProbeContext<'_, 'p>,
    plan: &'p Plan<'p>,
    nobody_else: bool,
    draft: &mut Draft<'p>,
) {
    let inits = pod.containers().zip(&plan.containers).filter(|(at, _)| at.role() == Role::Init);
    for (at, wishes) in inits {
        // A Pod-level probe is for the containers that can have one. It is reported only if none can.
        let missed = |by| by == Source::Container || (by == Source::Pod && nobody_else);
        if let Some(wish) = wish(kind, wishes).filter(|wish| missed(wish.by)) {
            draft.report(entry(kind, at.container, wish.by, Outcome::Skipped(INIT_CONTAINER)));
        }
    }
}

/// Returns whether the container is expected to end, and only a profile wishes for the probe.
fn ends(pod: &Pod<'_>, Candidate { runner, wish, .. }: &Candidate<'_, '_>) -> bool {
    let at = runner.at;
    at.role() == Role::App && wish.by == Source::Profile && at.runs_to_completion(pod.runs_forever())
}

fn entry<'p>(kind: ProbeKind, container: &'p Container<'p>, by: Source, outcome: Outcome) -> Entry<'p> {
    Entry { key: kind.key(), container: container.name.as_str(), item: Cow::Borrowed(""), by, outcome }
}

impl<'p> ProbeContext<'_, 'p> {
    /// Adds the probe if the container has none of this kind.
    fn put(self, candidate: &Candidate<'_, 'p>, draft: &mut Draft<'p>) -> Outcome {
        let Candidate { runner, wish, ref settled, bytes } = *candidate;
        draft.spend(bytes);
        let doubt = outlasted(self.kind, candidate, draft).then_some(reasons::GRACE_BELOW_SLEEP);
        match (existing(self.kind, runner.at.container), settled) {
            (Some(existing), Ok(settled)) if api_probe::is(existing, wish.value, settled) => in_force(settled, doubt),
            (Some(_), _) => Outcome::Kept(KEPT_AUTHORS),
            (None, _) if runner.at.container.authored.probe(self.kind).is_null() => Outcome::Skipped(AUTHORS_NULL),
            (None, Err(reason)) => Outcome::Skipped(*reason),
            (None, Ok(settled)) if settled.guess.is_some() && self.is_beside_authors(runner) => {
                Outcome::Skipped(reasons::AUTHORS_PROBE)
            }
            (None, Ok(settled)) => {
                let probe = Box::new(api_probe::of(wish.value, settled));
                draft.edit(runner.at.slot, InContainer::Probe(self.kind, probe));
                in_force(settled, doubt)
            }
        }
    }

    /// Returns whether the author wrote a probe of another kind in this container.
    ///
    /// A probe that equals the wish of its kind is not the author's. A second round, which finds podwright's probes,
    /// therefore decides the same. That wish is not checked by this rule again: two guesses would depend on each other.
    fn is_beside_authors(self, runner: &Runner<'_>) -> bool {
        let is_authors = |kind: &ProbeKind| {
            let wished = |existing| {
                let wish = wish(*kind, runner.wishes)?;
                let settled = port::settle(*kind, wish, runner, self.facts).ok()?;
                api_probe::is(existing, wish.value, &settled).then_some(())
            };
            existing(*kind, runner.at.container).is_some_and(|existing| wished(existing).is_none())
        };
        ProbeKind::ALL.iter().filter(|kind| **kind != self.kind).any(is_authors)
    }
}

fn in_force(settled: &SettledPort, doubt: Option<Reason>) -> Outcome {
    match (settled.guess, doubt) {
        (Some(guess), _) => Outcome::Guessed(Guess { doubt, ..guess }),
        (None, Some(reason)) => Outcome::Doubtful(reason),
        (None, None) => Outcome::InForce,
    }
}

/// Returns whether the container's preStop sleep takes the probe's whole grace.
fn outlasted(kind: ProbeKind, Candidate { runner, wish, .. }: &Candidate<'_, '_>, draft: &Draft<'_>) -> bool {
    let Some(grace) = wish.value.grace.filter(|_| kind != ProbeKind::Readiness) else { return false };
    let ours = draft.edits_of(runner.at.slot).iter().find_map(|edit| match edit {
        InContainer::PreStop(handler) => api_defaults::sleep_of(handler),
        _ => None,
    });
    let theirs = || {
        let hook = runner.at.container.lifecycle.as_ref()?.pre_stop.as_ref()?;
        api_defaults::sleep_of(&api_defaults::decoded(hook)?)
    };
    ours.or_else(theirs).is_some_and(|sleep| grace.get() <= sleep)
}
