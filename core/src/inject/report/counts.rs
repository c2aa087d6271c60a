//! Counts of outcomes for metrics, by key and reason code.
//!
//! They never include a name from a Pod: metrics need few label values.

use super::super::{Entry, Guess, Outcome};

/// The number of wishes for one key with the same outcome and reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The key, without the prefix; empty for annotations with an unknown key.
    pub key: &'static str,
    /// The outcome: `in_force`, `noted`, `doubtful`, `kept`, `adjusted`, `skipped` or `passed_over`.
    pub outcome: &'static str,
    /// The reason's code; empty if there is none.
    pub reason: &'static str,
    /// The number of wishes.
    pub number: u64,
}

/// Counts the entries. Kinds appear in the order of their first entry.
pub(super) fn of(entries: &[Entry<'_>]) -> Vec<Count> {
    let mut counts: Vec<Count> = Vec::new();
    for entry in entries {
        let (key, outcome) = (entry.key, word(entry.outcome));
        let reason = entry.outcome.reason().map_or("", |reason| reason.code);
        let same = |count: &&mut Count| (count.key, count.outcome, count.reason) == (key, outcome, reason);
        // Searched from the end, because neighbouring entries are mostly of one kind.
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
