//! The inventory: podwright's state of every Pod, one row for each workload.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use super::pod::{Difference, LivePod, Stale, StatusAnnotation, Verdict};
use super::workload::{Denial, WorkloadName};
use crate::annotation::STATUS;
use crate::text::shorten;

/// The most different reasons that a row keeps. A workload of a thousand Pods has few.
const REASONS: usize = 8;

/// The rows by namespace and workload.
#[derive(Debug, Default)]
pub struct Inventory {
    rows: BTreeMap<(String, WorkloadName), Row>,
}

/// One workload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The numbers of its Pods.
    pub counts: Counts,
    /// The reasons, for missed Pods first.
    pub reasons: Vec<RowReason>,
    /// The profiles that its Pods were injected with.
    pub profiles: Vec<String>,
    /// The versions of podwright that injected its Pods.
    pub versions: Vec<String>,
}

/// A reason, and the Pods with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReason {
    /// The state of these Pods.
    pub state: State,
    /// The reason in words.
    pub text: String,
    /// The settings that a new Pod would have in another way.
    pub settings: Vec<Difference>,
    /// The number of Pods.
    pub pods: u64,
    /// The name of one of them; empty for Pods that do not exist.
    pub example: String,
}

/// The numbers of Pods by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All existing Pods.
    pub pods: u64,
    by_state: [u64; 6],
}

/// The states of a Pod, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It does not exist, because podwright denied it.
    Denied,
    /// It asked and was not injected.
    Missed,
    /// A new Pod would differ.
    Stale,
    /// Nobody can tell.
    Unknown,
    /// podwright does not change it.
    LeftAlone,
    /// It is as it should be.
    Injected,
}

impl State {
    /// All states, in their order.
    pub const ALL: [Self; 6] =
        [Self::Denied, Self::Missed, Self::Stale, Self::Unknown, Self::LeftAlone, Self::Injected];

    /// Returns the word for JSON and for flags.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Missed => "missed",
            Self::Stale => "stale",
            Self::Unknown => "unknown",
            Self::LeftAlone => "leftAlone",
            Self::Injected => "injected",
        }
    }
}

impl Counts {
    /// Returns the number of Pods in a state. Denied Pods do not exist, so they are not among [`Counts::pods`].
    pub fn of(&self, state: State) -> u64 {
        self.by_state.get(state as usize).copied().unwrap_or_default()
    }

    fn add(&mut self, state: State, pods: u64) {
        self.pods += if state == State::Denied { 0 } else { pods };
        self.by_state.iter_mut().skip(state as usize).take(1).for_each(|count| *count += pods);
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.pods += other.pods;
        self.by_state.iter_mut().zip(other.by_state).for_each(|(own, other)| *own += other);
    }
}

impl Inventory {
    /// Takes a Pod of a workload.
    pub fn take(&mut self, workload: WorkloadName, pod: &LivePod<'_>, verdict: Verdict) {
        let row = self.rows.entry((pod.namespace().to_owned(), workload)).or_default();
        let reason = RowReason::of(verdict, pod.name());
        row.counts.add(reason.state, 1);
        if let Some(status) = pod.annotation(STATUS).and_then(StatusAnnotation::parse) {
            note(&mut row.profiles, &status.profile);
            note(&mut row.versions, &status.version);
        }
        row.take(reason);
    }

    /// Takes denied Pods, also of a workload without any other Pod.
    pub fn take_denial(&mut self, denial: Denial) {
        let Denial { namespace, workload, pods, message } = denial;
        let row = self.rows.entry((namespace, workload)).or_default();
        row.counts.add(State::Denied, pods);
        let example = String::new();
        row.take(RowReason { state: State::Denied, text: message, settings: Vec::new(), pods, example });
    }

    /// Iterates over the rows, by namespace and workload.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &WorkloadName, &Row)> {
        self.rows.iter().map(|((namespace, workload), row)| (namespace.as_str(), workload, row))
    }

    /// Returns the totals.
    pub fn totals(&self) -> Counts {
        let mut totals = Counts::default();
        self.rows.values().for_each(|row| totals += row.counts);
        totals
    }
}

impl Row {
    fn take(&mut self, reason: RowReason) {
        if reason.text.is_empty() && reason.settings.is_empty() {
            return;
        }
        let same = |known: &&mut RowReason| {
            (known.state, &known.text, &known.settings) == (reason.state, &reason.text, &reason.settings)
        };
        if let Some(known) = self.reasons.iter_mut().find(same) {
            known.pods += reason.pods;
            return;
        }
        let place = self.reasons.partition_point(|known| known.state <= reason.state);
        self.reasons.insert(place, reason);
        self.reasons.truncate(REASONS);
    }
}

impl RowReason {
    fn of(verdict: Verdict, pod: &str) -> Self {
        let none = Vec::new();
        let (state, text, settings) = match verdict {
            Verdict::Injected => (State::Injected, String::new(), none),
            Verdict::Missed { why, lacks } => (State::Missed, why.to_string(), lacks.into_iter().collect()),
            Verdict::Stale(stale) => match stale {
                Stale::Differs(differences) => (State::Stale, String::new(), differences.into_iter().collect()),
                stale => (State::Stale, stale.to_string(), none),
            },
            Verdict::LeftAlone(reason) => (State::LeftAlone, reason.to_string(), none),
            Verdict::Unknown(why) => (State::Unknown, why, none),
        };
        Self { state, text, settings, pods: 1, example: pod.to_owned() }
    }

    /// Returns the reason and its settings in words: `would add readiness-probe of web, requests of web`.
    pub fn sentence(&self) -> String {
        let settings = settings(&self.settings);
        match (self.text.is_empty(), settings.is_empty()) {
            (_, true) => self.text.clone(),
            (true, false) => format!("a new Pod would {settings}"),
            (false, false) => format!("{}; a new Pod would {settings}", self.text),
        }
    }
}

/// Joins differences by their change: `add requests of web, set readiness-probe of web differently`.
fn settings(differences: &[Difference]) -> String {
    let groups = differences.chunk_by(|a, b| a.change == b.change);
    let group = |group: &[Difference]| {
        let names: Vec<String> = group.iter().map(ToString::to_string).collect();
        group.first().map(|first| first.change.phrase(&names.join(", "))).unwrap_or_default()
    };
    groups.map(group).collect::<Vec<_>>().join(", and ")
}

/// Adds a value of a status annotation, which anybody can write, to a list of few short ones.
fn note(list: &mut Vec<String>, value: &str) {
    let value = shorten(value);
    if !value.is_empty() && list.len() < REASONS && !list.contains(&value) {
        list.push(value);
        list.sort_unstable();
    }
}
