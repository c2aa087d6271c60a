//! The verdict on a live Pod.

use std::collections::BTreeSet;
use std::fmt;

use super::difference::{Difference, PatchChanges, changed};
use super::live_pod::LivePod;
use super::status::StatusAnnotation;
use crate::annotation::{Faults, STATUS};
use crate::inject::{self, Injection, Reason, Refused, Root, reasons};
use crate::inspect::state::ClusterState;
use crate::inspect::webhook::{Call, Entry, NotCalled, Route};
use crate::profile::{Configuration, OptIn};
use crate::workload::namespace::LABEL;

/// The reasons for which podwright changes nothing in a Pod that opted in.
const RULES: [&str; 2] = ["OtherController", "TooLarge"];

/// podwright's state of one live Pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// podwright injected it, and would make no other Pod of it now.
    Injected,
    /// It asked for podwright and was not injected, for this reason, as far as it is known.
    Missed {
        /// The reason.
        why: Missed,
        /// The settings that podwright would add now. Empty if the profile is unknown.
        lacks: BTreeSet<Difference>,
    },
    /// podwright injected it, and a new Pod would differ.
    Stale(Stale),
    /// podwright does not change it, for this reason.
    LeftAlone(LeftAlone),
    /// Nobody can tell, for this reason.
    Unknown(String),
}

/// Reasons why podwright missed a Pod.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missed {
    /// It is older than the webhook configuration.
    BeforeConfiguration,
    /// It is older than the last change of the Namespace's labels.
    BeforeLabels,
    /// podwright was not called, or did not answer.
    WithoutAnswer {
        /// Whether the entry admits Pods then; `None` if nobody may see the entry.
        fails_open: Option<bool>,
    },
    /// Its annotations are invalid, so a new Pod would be denied.
    Invalid(String),
}

/// Reasons why an injected Pod is out of date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stale {
    /// These settings would differ.
    Differs(BTreeSet<Difference>),
    /// podwright would not be called now, for this reason.
    NoLongerCalled(NotCalled),
    /// Its annotations are invalid, so a new Pod would be denied.
    Invalid(String),
}

/// Reasons why podwright leaves a Pod alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftAlone {
    /// The API server would not call podwright for it.
    NotCalled(NotCalled),
    /// It has everything already, or the profile has nothing for it.
    NothingToAdd,
    /// A reason of podwright's own, such as `OtherController`.
    ByRule(Reason),
    /// It has ended for good.
    Finished,
    /// It is being deleted.
    Ending,
}

impl fmt::Display for Missed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeforeConfiguration => formatter.write_str("created before the webhook configuration"),
            Self::BeforeLabels => formatter.write_str("created before the Namespace's labels were last written"),
            Self::WithoutAnswer { fails_open: Some(true) } => {
                formatter.write_str("podwright was not called, or did not answer (failurePolicy: Ignore)")
            }
            Self::WithoutAnswer { fails_open: Some(false) } => formatter.write_str("podwright was not called"),
            Self::WithoutAnswer { fails_open: None } => {
                formatter.write_str("podwright was not called, or did not answer")
            }
            Self::Invalid(fault) => write!(formatter, "a new Pod would be denied: {fault}"),
        }
    }
}

impl fmt::Display for Stale {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Differs(_) => formatter.write_str("a new Pod would differ"),
            Self::NoLongerCalled(reason) => write!(formatter, "a new Pod would not be injected: {reason}"),
            Self::Invalid(fault) => write!(formatter, "a new Pod would be denied: {fault}"),
        }
    }
}

impl fmt::Display for LeftAlone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotCalled(reason) => reason.fmt(formatter),
            Self::NothingToAdd => formatter.write_str("nothing to add"),
            Self::ByRule(reason) => write!(formatter, "{} [{}]", reason.sentence, reason.code),
            Self::Finished => formatter.write_str("finished"),
            Self::Ending => formatter.write_str("being deleted"),
        }
    }
}

/// Decides on a live Pod: puts it through the webhook's own code again and compares.
///
/// An empty patch means that the Pod is as a new one would be. A patch of the status annotation alone counts only if it shows
/// that a setting of podwright's has another value now.
pub fn verdict(pod: &LivePod<'_>, state: &ClusterState) -> Verdict {
    let verdict = of_any_age(pod, state);
    let lasts = matches!(verdict, Verdict::Injected | Verdict::LeftAlone(_));
    match () {
        () if lasts => verdict,
        () if pod.is_finished() => Verdict::LeftAlone(LeftAlone::Finished),
        () if pod.is_ending() => Verdict::LeftAlone(LeftAlone::Ending),
        () => verdict,
    }
}

fn of_any_age(pod: &LivePod<'_>, state: &ClusterState) -> Verdict {
    let status = pod.annotation(STATUS).and_then(StatusAnnotation::parse);
    let status = status.filter(StatusAnnotation::is_of_a_decision);
    match (state.call(pod), status) {
        (Call::By(entry), status) => Called { pod, state, entry, status }.verdict(),
        (Call::Not(reason), Some(status)) if status.has_settings() => Verdict::Stale(Stale::NoLongerCalled(reason)),
        (Call::Not(reason), _) => Verdict::LeftAlone(LeftAlone::NotCalled(reason)),
        (Call::Unknown(_), Some(_)) => Verdict::Injected,
        (Call::Unknown(why), None) => Verdict::Unknown(why),
    }
}

/// A Pod for which the API server would call podwright now.
struct Called<'c, 'a> {
    pod: &'c LivePod<'a>,
    state: &'c ClusterState,
    entry: &'c Entry,
    status: Option<StatusAnnotation>,
}

impl Called<'_, '_> {
    fn verdict(self) -> Verdict {
        // Most Pods are up to date, and the webhook's form is the cheaper one.
        match inject::inject_without_lines(self.pod.pod(), self.opt_in(), self.configuration(), Root::Pod) {
            Ok(Injection { patch: None, report }) => self.without_patch(&report),
            Ok(Injection { patch: Some(_), .. }) => self.with_patch(),
            Err(refused) => self.refused(refused),
        }
    }

    fn configuration(&self) -> &Configuration {
        &self.state.profiles.configuration
    }

    fn opt_in(&self) -> OptIn<'_> {
        match &self.entry.route {
            Route::Pods => OptIn::Pod,
            Route::Profile(profile) => OptIn::Namespace { profile },
        }
    }

    fn without_patch(&self, report: &inject::Report) -> Verdict {
        if self.status.is_some() {
            return Verdict::Injected;
        }
        if self.pod.annotation(LABEL).is_some_and(|value| value.trim() == "false") {
            return Verdict::LeftAlone(LeftAlone::NotCalled(NotCalled::PodOptedOut));
        }
        let by_rule = report.counts.iter().find(|count| RULES.contains(&count.reason));
        let reason = by_rule.and_then(|count| reasons().find(|(_, reason)| reason.code == count.reason));
        match (reason, self.state.profiles.source.unseen()) {
            (Some((_, reason)), None) => Verdict::LeftAlone(LeftAlone::ByRule(reason)),
            // The unknown configuration may have another rule.
            (_, Some(unseen)) => Verdict::Unknown(unseen.to_string()),
            (None, None) => Verdict::LeftAlone(LeftAlone::NothingToAdd),
        }
    }

    fn with_patch(self) -> Verdict {
        let known = self.state.profiles.are_known();
        let Some(before) = &self.status else {
            let added = self.changes().added;
            return match (known, added.is_empty()) {
                (true, true) => Verdict::LeftAlone(LeftAlone::NothingToAdd),
                (true, false) => Verdict::Missed { why: self.missed(), lacks: added },
                (false, _) => Verdict::Missed { why: self.missed(), lacks: BTreeSet::new() },
            };
        };
        if !known {
            return Verdict::Injected;
        }
        let PatchChanges { mut added, status } = self.changes();
        added.extend(status.iter().flat_map(|now| changed(before, now, self.pod.was_resized())));
        if added.is_empty() { Verdict::Injected } else { Verdict::Stale(Stale::Differs(added)) }
    }

    fn changes(&self) -> PatchChanges {
        let injection = inject::inject(self.pod.pod(), self.opt_in(), self.configuration(), Root::Pod);
        let patch = injection.ok().and_then(|injection| injection.patch);
        patch.map(|patch| PatchChanges::of(&patch, self.pod)).unwrap_or_default()
    }

    fn refused(self, refused: Refused) -> Verdict {
        let fault = match refused {
            Refused::Faults(faults) => first_of(&faults),
            Refused::Unwritable(error) => return Verdict::Unknown(error.to_string()),
        };
        match (self.status, self.state.profiles.source.unseen()) {
            // The annotation may be valid with the unknown configuration.
            (Some(_), Some(_)) => Verdict::Injected,
            (None, Some(unseen)) => Verdict::Unknown(unseen.to_string()),
            (Some(_), None) => Verdict::Stale(Stale::Invalid(fault)),
            (None, None) => Verdict::Missed { why: Missed::Invalid(fault), lacks: BTreeSet::new() },
        }
    }

    fn missed(&self) -> Missed {
        let before = |time: Option<&String>| time.is_some_and(|time| self.pod.created() < time.as_str());
        let namespace = self.state.namespaces.get(self.pod.namespace());
        let labelled = namespace.seen().and_then(|namespace| namespace.labelled.as_ref());
        let entries = self.state.entries.seen();
        match &self.entry.route {
            _ if before(entries.and_then(|entries| entries.created.as_ref())) => Missed::BeforeConfiguration,
            Route::Profile(_) if before(labelled) => Missed::BeforeLabels,
            _ => Missed::WithoutAnswer { fails_open: entries.map(|_| self.entry.fails_open) },
        }
    }
}

fn first_of(faults: &Faults) -> String {
    faults.named().first().map(ToString::to_string).unwrap_or_default()
}
