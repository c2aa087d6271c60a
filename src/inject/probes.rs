//! `startup-probe`, `readiness-probe` and `liveness-probe`: a probe where the container has none of that kind.
//!
//! Never a guessed liveness: a handler is explicit, or follows a port that the container declares.

mod port;
mod target;

use std::borrow::Cow;

use super::defaulting;
use super::draft::{AUTHORS_NULL, INIT_CONTAINER, KEPT_AUTHORS, RUNS_TO_COMPLETION};
use super::pod::{Container, Field, Pod, Role, Slot};
use super::{Draft, Entry, Feature, InContainer, Outcome, Reason};
use crate::annotation::probe::{Kind, Probe};
use crate::profile::{Plan, Source, Wish, Wishes};
use serde_json::value::RawValue;

const GRACE_BELOW_SLEEP: Reason = Reason {
    code: "GraceBelowSleep",
    sentence: "its grace is not above the container's preStop sleep, so after a failure only the sleep would run",
    remedy: "Give the probe a grace that is longer than the sleep, or none: then the Pod's grace period counts.",
};

/// A probe of each kind in each container that runs on, where the rule of several containers lets it.
pub(super) const FEATURE: Feature = Feature {
    keys: &["startup-probe", "readiness-probe", "liveness-probe"],
    fit,
    reasons: &[GRACE_BELOW_SLEEP, port::NO_PORT, port::PORT_NOT_DECLARED, target::OTHER_DECLARES, target::MAIN_ALONE],
};

/// A container for which a probe is wished, and that can have one.
#[derive(Clone, Copy)]
struct Candidate<'p> {
    slot: Slot,
    container: &'p Container<'p>,
    wish: Wish<'p, Probe>,
}

fn fit<'p>(pod: &'p Pod<'p>, plan: &'p Plan<'p>, draft: &mut Draft<'p>) {
    let selected: Vec<_> =
        runners(pod, plan).filter(|(_, wishes)| wishes.is_selected()).map(|(place, _)| place).collect();
    for kind in Kind::ALL {
        let candidates = candidates(kind, pod, plan, draft);
        let targets = target::of_all(kind, pod, &selected, &candidates);
        let anyone = targets.iter().any(Option::is_none);
        for (candidate, reason) in candidates.iter().zip(targets) {
            if draft.is_overspent() {
                return;
            }
            let outcome = match reason {
                Some(reason) if anyone => Outcome::PassedOver(reason),
                Some(reason) => Outcome::Skipped(reason),
                None if ends(pod, candidate) => Outcome::Skipped(RUNS_TO_COMPLETION),
                None => put(kind, candidate, draft),
            };
            draft.report(entry(kind, candidate.container, candidate.wish.by, outcome));
        }
    }
}

/// The containers that can have probes, with what is wished for them.
fn runners<'p>(
    pod: &'p Pod<'p>,
    plan: &'p Plan<'p>,
) -> impl Iterator<Item = ((Slot, &'p Container<'p>), &'p Wishes<'p>)> {
    pod.containers().zip(&plan.containers).filter(|((slot, container), _)| container.role(*slot) != Role::Init)
}

/// The containers for which the probe is wished and that can have one.
fn candidates<'p>(kind: Kind, pod: &'p Pod<'p>, plan: &'p Plan<'p>, draft: &mut Draft<'p>) -> Vec<Candidate<'p>> {
    let candidate = |((slot, container), wishes)| Some(Candidate { slot, container, wish: wish(kind, wishes)? });
    let candidates: Vec<Candidate<'p>> = runners(pod, plan).filter_map(candidate).collect();
    let inits = pod.containers().zip(&plan.containers).filter(|((slot, init), _)| init.role(*slot) == Role::Init);
    for ((_, container), wishes) in inits {
        // A Pod-level probe is meant for those that can take it; it is missed only where nobody can.
        let missed = |by| by == Source::Container || (by == Source::Pod && candidates.is_empty());
        if let Some(wish) = wish(kind, wishes).filter(|wish| missed(wish.by)) {
            draft.report(entry(kind, container, wish.by, Outcome::Skipped(INIT_CONTAINER)));
        }
    }
    candidates
}

/// Whether the container is expected to end, and nobody but the profile wishes for a probe in it.
fn ends(pod: &Pod<'_>, candidate: &Candidate<'_>) -> bool {
    let Candidate { slot, container, wish } = candidate;
    let app = container.role(*slot) == Role::App;
    app && wish.by == Source::Profile && container.runs_to_completion(*slot, pod)
}

fn wish<'p>(kind: Kind, wishes: &Wishes<'p>) -> Option<Wish<'p, Probe>> {
    match kind {
        Kind::Startup => wishes.startup_probe,
        Kind::Readiness => wishes.readiness_probe,
        Kind::Liveness => wishes.liveness_probe,
    }
}

fn there<'c>(kind: Kind, container: &'c Container<'_>) -> Option<&'c RawValue> {
    let field: &Field<&RawValue> = match kind {
        Kind::Startup => &container.startup_probe,
        Kind::Readiness => &container.readiness_probe,
        Kind::Liveness => &container.liveness_probe,
    };
    field.as_ref().copied()
}

fn entry<'p>(kind: Kind, container: &'p Container<'p>, by: Source, outcome: Outcome) -> Entry<'p> {
    Entry { key: kind.key(), container: container.name.as_str(), item: Cow::Borrowed(""), by, outcome }
}

/// Puts the probe where there is none.
fn put<'p>(kind: Kind, candidate: &Candidate<'p>, draft: &mut Draft<'p>) -> Outcome {
    let Candidate { slot, container, wish } = *candidate;
    let wanted = port::settle(wish.value, container);
    draft.spend(wish.value.bytes());
    let in_force = match outlasted(kind, candidate, draft) {
        true => Outcome::Doubtful(GRACE_BELOW_SLEEP),
        false => Outcome::InForce,
    };
    match (there(kind, container), wanted) {
        (Some(there), Ok(wanted)) if defaulting::same_probe(there, &wanted) => in_force,
        (Some(_), _) => Outcome::Kept(KEPT_AUTHORS),
        (None, _) if container.authored.probe(kind).is_null() => Outcome::Skipped(AUTHORS_NULL),
        (None, Err(reason)) => Outcome::Skipped(reason),
        (None, Ok(wanted)) => {
            draft.edit(slot, InContainer::Probe(kind, Box::new(wanted)));
            in_force
        }
    }
}

/// Whether the container's preStop sleep takes all the time that the probe leaves it.
fn outlasted(kind: Kind, candidate: &Candidate<'_>, draft: &Draft<'_>) -> bool {
    let Some(grace) = candidate.wish.value.grace.filter(|_| kind != Kind::Readiness) else { return false };
    let ours = draft.edits_of(candidate.slot).iter().find_map(|edit| match edit {
        InContainer::PreStop(handler) => defaulting::sleep_of(handler),
        _ => None,
    });
    let theirs = || {
        let hook = candidate.container.lifecycle.as_ref()?.pre_stop.as_ref()?;
        defaulting::sleep_of(&defaulting::decoded(hook)?)
    };
    ours.or_else(theirs).is_some_and(|sleep| grace.get() <= sleep)
}
