//! `pre-stop-sleep` and `termination-grace-period`: a pause before the stop signal, while endpoints catch up.
//!
//! The grace period grows by the sleep, so the application keeps its time to stop (KEP-3960).

mod granted_sleep;
mod notes;

use std::borrow::Cow;

use granted_sleep::{GrantedSleep, PERIOD, SLEEP};
use k8s_openapi::api::core::v1::{ExecAction, LifecycleHandler, SleepAction};

use super::api_defaults::{self, CurrentGracePeriod, GRACE_PERIOD_SECONDS};
use super::pod::{ContainerAt, Pod, Role, Slot};
use super::reason::{AUTHORS_NULL, INIT_CONTAINER, KEPT_AUTHORS, KEPT_DEFAULT, OWNERS_DEFAULT, RUNS_TO_COMPLETION};
use super::{Draft, Entry, Feature, InContainer, InPod, Outcome, Reason};
use crate::annotation::duration;
use crate::profile::{Plan, PreStopAction, Source, Wish};

/// The bytes of a sleep as JSON.
const SLEEP_BYTES: usize = 48;

const NO_ROOM: Reason = Reason {
    code: "NoRoom",
    sentence: "the sleep is not shorter than the grace period",
    remedy: "Shorten the sleep, or set a longer terminationGracePeriodSeconds.",
};
const BELOW_SLEEP: Reason = Reason {
    code: "BelowSleep",
    sentence: "the grace period would be shorter than a sleep in preStop or postStart",
    remedy: "Set a longer grace period, or shorten the sleep.",
};
const FOLLOWS_SLEEP: Reason = Reason {
    code: "FollowsSleep",
    sentence: "30 seconds plus the longest preStop sleep",
    remedy: "No action needed. The default is 30 seconds. To choose another total, set \
             podwright.dev/termination-grace-period; false keeps 30 seconds.",
};

/// Adds a `sleep` to each container that keeps running, and extends the grace period by the longest.
pub(super) const FEATURE: Feature = Feature {
    keys: &[SLEEP, PERIOD],
    fit,
    reasons: &[NO_ROOM, BELOW_SLEEP, FOLLOWS_SLEEP, notes::SPOT_NOTICE, notes::LOAD_BALANCER, notes::PROXY_STOPS_FIRST],
};

/// A sleep that the container's own fields allow: an existing one, or one to add.
struct Sleep<'p> {
    slot: Slot,
    container: &'p str,
    seconds: i64,
    handler: LifecycleHandler,
    by: Source,
    there: bool,
    /// `true` if the sleep extends the default period. A profile's sleep does not if the Pod's owner compares the
    /// period.
    extends: bool,
}

/// The grace period that limits the sleeps.
enum Period {
    /// A given value, in seconds.
    Fixed(i64),
    /// The default: 30 seconds plus the longest sleep.
    FollowsSleep,
}

impl Period {
    /// Returns whether the sleep exists already, or leaves at least one second of the period.
    fn has_room(&self, sleep: &Sleep<'_>) -> bool {
        sleep.there || !matches!(self, Self::Fixed(total) if sleep.seconds >= *total)
    }

    /// Returns the total in seconds. The default includes the `longest` sleep.
    fn total(&self, longest: Option<i64>) -> i64 {
        match self {
            Self::Fixed(total) => *total,
            Self::FollowsSleep => GRACE_PERIOD_SECONDS + longest.unwrap_or_default(),
        }
    }
}

fn fit<'p>(pod: &'p Pod<'p>, plan: &'p Plan<'p>, draft: &mut Draft<'p>) {
    let sleeps = sleeps(pod, plan, draft);
    let wish = plan.pod.termination_grace_period;
    let concerned = wish.is_some() || !sleeps.is_empty();
    // An explicit period comes first, because the sleeps must fit into it. Without one, the period follows the sleeps.
    let asked_for = wish.and_then(|wish| match keeps_default(pod, plan, wish) {
        true => Some(keep_default(draft)),
        false => own_period(pod, wish, &sleeps, draft),
    });
    let follows = asked_for.is_none();
    let period = asked_for.unwrap_or_else(|| period_of(pod, plan, &sleeps));
    // The most specific layer of the extending sleeps, so that the report names an annotation if there is one.
    let by = sleeps.iter().filter(|sleep| sleep.extends).map(|sleep| sleep.by).max().unwrap_or(Source::Profile);
    let granted = sleep_within(&period, sleeps, draft);
    let longest = granted.iter().filter(|sleep| sleep.extends).map(|sleep| sleep.seconds).max();
    match longest {
        Some(longest) if follows => {
            follow_sleep(pod, &period, Extension { seconds: longest + GRACE_PERIOD_SECONDS, by }, draft)
        }
        None if follows && !granted.is_empty() => note_owners(pod, &period, draft),
        _ => {}
    }
    notes::of_sleeps(pod, plan, &granted, draft);
    if concerned {
        notes::of_period(pod, period.total(longest), by, draft);
    }
}

/// Returns the period if no setting names one.
fn period_of(pod: &Pod<'_>, plan: &Plan<'_>, sleeps: &[Sleep<'_>]) -> Period {
    match api_defaults::grace_period(pod) {
        CurrentGracePeriod::Unset if plan.keeps_defaults => extended(sleeps),
        CurrentGracePeriod::Unset => Period::FollowsSleep,
        CurrentGracePeriod::Set(seconds) => Period::Fixed(seconds),
    }
}

/// Returns whether a profile wishes for a period, but must leave the default to the Pod's owner.
fn keeps_default(pod: &Pod<'_>, plan: &Plan<'_>, wish: Wish<'_, duration::GracePeriod>) -> bool {
    let other = matches!(wish.value, duration::GracePeriod::Total(total) if total.get() != GRACE_PERIOD_SECONDS);
    let unset = api_defaults::grace_period(pod) == CurrentGracePeriod::Unset;
    plan.keeps_defaults && wish.by == Source::Profile && other && unset
}

fn keep_default(draft: &mut Draft<'_>) -> Period {
    report_period(Source::Profile, Outcome::Kept(OWNERS_DEFAULT), draft);
    Period::Fixed(GRACE_PERIOD_SECONDS)
}

/// Returns the default period of a Pod whose owner compares it. Sleeps of annotations extend it; a profile's sleeps
/// must fit into it.
fn extended(sleeps: &[Sleep<'_>]) -> Period {
    let longest = sleeps.iter().filter(|sleep| sleep.extends).map(|sleep| sleep.seconds).max();
    Period::Fixed(GRACE_PERIOD_SECONDS + longest.unwrap_or_default())
}

fn report_period(by: Source, outcome: Outcome, draft: &mut Draft<'_>) {
    draft.report(Entry { key: PERIOD, container: "", item: Cow::Borrowed(""), by, outcome });
}

/// Returns the sleeps that the containers' own fields allow, and reports the others.
fn sleeps<'p>(pod: &'p Pod<'p>, plan: &'p Plan<'p>, draft: &mut Draft<'p>) -> Vec<Sleep<'p>> {
    let wished = || pod.containers().zip(&plan.containers).filter_map(|(at, w)| Some((at, w.pre_stop_sleep?)));
    let anyone = wished().any(|(at, _)| at.role() != Role::Init);
    let mut sleeps = Vec::new();
    for (at, wish) in wished() {
        draft.spend(SLEEP_BYTES);
        if draft.is_overspent() {
            return sleeps;
        }
        let (by, name) = (wish.by, at.container.name.as_str());
        let seconds = wish.value.get();
        let handler = handler(seconds, plan.pre_stop_action);
        match judge(pod, at, by, &handler) {
            Ok(there) => {
                let extends = !plan.keeps_defaults || by != Source::Profile;
                sleeps.push(Sleep { slot: at.slot, container: name, seconds, handler, by, there, extends });
            }
            // A Pod-level sleep is for the containers that can have one. It is reported only if none can.
            Err(Outcome::Skipped(INIT_CONTAINER)) if by == Source::Profile || (by == Source::Pod && anyone) => {}
            Err(outcome) => draft.report(Entry { key: SLEEP, container: name, item: Cow::Borrowed(""), by, outcome }),
        }
    }
    sleeps
}

/// Returns whether the sleep exists already. The error is the outcome if the container's own fields rule it out.
fn judge(pod: &Pod<'_>, at: ContainerAt<'_>, by: Source, handler: &LifecycleHandler) -> Result<bool, Outcome> {
    if at.role() == Role::Init {
        return Err(Outcome::Skipped(INIT_CONTAINER));
    }
    if by == Source::Profile && at.runs_to_completion(pod.runs_forever()) {
        return Err(Outcome::Skipped(RUNS_TO_COMPLETION));
    }
    match at.container.lifecycle.as_ref().and_then(|lifecycle| lifecycle.pre_stop.as_ref()) {
        None if at.container.authored.pre_stop.is_null() => Err(Outcome::Skipped(AUTHORS_NULL)),
        None => Ok(false),
        Some(hook) if api_defaults::same_handler(hook, handler) => Ok(true),
        Some(_) => Err(Outcome::Kept(KEPT_AUTHORS)),
    }
}

fn handler(seconds: i64, action: PreStopAction) -> LifecycleHandler {
    let command = || vec!["sleep".to_owned(), seconds.to_string()];
    match action {
        PreStopAction::Sleep => {
            LifecycleHandler { sleep: Some(SleepAction { seconds }), ..LifecycleHandler::default() }
        }
        PreStopAction::Exec => {
            LifecycleHandler { exec: Some(ExecAction { command: Some(command()) }), ..LifecycleHandler::default() }
        }
    }
}

/// Returns the period of `termination-grace-period`, or the author's, which it cannot replace. Returns `None` if a
/// sleep rules it out.
fn own_period(
    pod: &Pod<'_>,
    wish: Wish<'_, duration::GracePeriod>,
    sleeps: &[Sleep<'_>],
    draft: &mut Draft<'_>,
) -> Option<Period> {
    let there = api_defaults::grace_period(pod);
    let current = match there {
        CurrentGracePeriod::Unset => GRACE_PERIOD_SECONDS,
        CurrentGracePeriod::Set(seconds) => seconds,
    };
    let wanted = match wish.value {
        duration::GracePeriod::AsItIs => current,
        duration::GracePeriod::Total(total) => total.get(),
    };
    let forbidden = wanted < longest_beside(pod, there, sleeps);
    let (outcome, period) = match there {
        // An equal value changes nothing, so no sleep rules it out.
        _ if wanted == current => (Outcome::InForce, Some(current)),
        _ if forbidden => (Outcome::Skipped(BELOW_SLEEP), None),
        CurrentGracePeriod::Set(GRACE_PERIOD_SECONDS) => (Outcome::Kept(KEPT_DEFAULT), Some(current)),
        CurrentGracePeriod::Set(_) => (Outcome::Kept(KEPT_AUTHORS), Some(current)),
        CurrentGracePeriod::Unset => {
            draft.edit_pod(InPod::GracePeriod(wanted));
            (Outcome::InForce, Some(wanted))
        }
    };
    report_period(wish.by, outcome, draft);
    period.map(Period::Fixed)
}

/// Returns the longest sleep that the grace period must exceed, in seconds.
///
/// It counts the existing sleeps, and those wishes for which the existing period has room. A second round finds
/// podwright's sleeps in the Pod, so both rounds must count them.
fn longest_beside(pod: &Pod<'_>, there: CurrentGracePeriod, sleeps: &[Sleep<'_>]) -> i64 {
    let hooks = pod.containers().filter_map(|at| at.container.lifecycle.as_ref());
    let longest = hooks.flat_map(api_defaults::native_sleeps).max().unwrap_or_default();
    // If no period is set, only existing sleeps count: podwright's own must fit into the wished period.
    let CurrentGracePeriod::Set(total) = there else { return longest };
    let ours = sleeps.iter().map(|sleep| sleep.seconds).filter(|seconds| *seconds < total);
    longest.max(ours.max().unwrap_or_default())
}

/// Adds the sleeps that the period has room for, and returns them with the existing ones.
fn sleep_within<'p>(period: &Period, sleeps: Vec<Sleep<'p>>, draft: &mut Draft<'p>) -> Vec<GrantedSleep<'p>> {
    let mut granted = Vec::new();
    for sleep in sleeps {
        let room = period.has_room(&sleep);
        let Sleep { slot, container, seconds, handler, by, there, extends } = sleep;
        let outcome = if room { Outcome::InForce } else { Outcome::Skipped(NO_ROOM) };
        draft.report(Entry { key: SLEEP, container, item: Cow::Borrowed(""), by, outcome });
        if room && !there {
            draft.edit(slot, InContainer::PreStop(Box::new(handler)));
        }
        granted.extend(room.then_some(GrantedSleep { slot, container, seconds, by, extends }));
    }
    granted
}

/// Reports a default that no sleep extends, because the owner compares it or the author wrote it.
fn note_owners(pod: &Pod<'_>, period: &Period, draft: &mut Draft<'_>) {
    match api_defaults::grace_period(pod) {
        CurrentGracePeriod::Unset => report_period(Source::Profile, Outcome::Kept(OWNERS_DEFAULT), draft),
        CurrentGracePeriod::Set(_) => note_default(period, draft),
    }
}

/// Reports a period that stays at the default because the author provably wrote it.
fn note_default(period: &Period, draft: &mut Draft<'_>) {
    if matches!(period, Period::Fixed(GRACE_PERIOD_SECONDS)) {
        report_period(Source::Profile, Outcome::Kept(KEPT_DEFAULT), draft);
    }
}

/// A grace period extended by a sleep, with the layer of that sleep.
struct Extension {
    seconds: i64,
    by: Source,
}

/// Extends the period and reports it. The note depends on the Pod's final value, from any source, so that a second
/// round reports the same.
fn follow_sleep(pod: &Pod<'_>, period: &Period, Extension { seconds, by }: Extension, draft: &mut Draft<'_>) {
    // Another fixed value is not podwright's, so no sleep extends it.
    if matches!(period, Period::Fixed(total) if *total != seconds) {
        return note_default(period, draft);
    }
    if api_defaults::grace_period(pod) != CurrentGracePeriod::Set(seconds) {
        draft.edit_pod(InPod::GracePeriod(seconds));
    }
    report_period(by, Outcome::Noted(FOLLOWS_SLEEP), draft);
}
