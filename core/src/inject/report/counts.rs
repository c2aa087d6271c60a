//! The numbers of outcomes, for metrics: with keys and codes alone.
//!
//! Never a name from a Pod: what is counted here becomes labels of metrics, which must be few.

use super::super::{Entry, Guess, Outcome};

/// So many wishes for one key that came to the same, for the same reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The key, without the prefix; empty for what is no key of ours.
    pub key: &'static str,
    /// The outcome: `in_force`, `noted`, `doubtful`, `kept`, `adjusted`, `skipped` or `passed_over`.
    pub outcome: &'static str,
    /// The reason's code; empty where it needs none.
    pub reason: &'static str,
    /// How many there were.
    pub number: u64,
}

/// Counts the entries, in the order in which each kind came first.
pub(super) fn of(entries: &[Entry<'_>]) -> Vec<Count> {
    let mut counts: Vec<Count> = Vec::new();
    for entry in entries {
        let (key, outcome) = (entry.key, word(entry.outcome));
        let reason = entry.outcome.reason().map_or("", |reason| reason.code);
        let same = |count: &&mut Count| (count.key, count.outcome, count.reason) == (key, outcome, reason);
        // From the end: what comes next is mostly like what came last.
        match counts.iter_mut().rev().find(same) {
            Some(count) => count.number += 1,
            None => counts.push(Count { key, outcome, reason, number: 1 }),
        }
    }
    counts
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::InForce | Outcome::Guessed(Guess { doubt: None, .. }) => "in_force",
        Outcome::Noted(_) => "noted",
        Outcome::Guessed(_) | Outcome::Doubtful(_) => "doubtful",
        Outcome::Kept(_) => "kept",
        Outcome::Adjusted(_) => "adjusted",
        Outcome::Skipped(_) => "skipped",
        Outcome::PassedOver(_) => "passed_over",
    }
}
