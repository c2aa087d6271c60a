//! The results of tests/cluster on one version: read from the output of `cargo test`, stored as JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use xtask::Error;

use crate::test::{FEATURE, SKIPPED};

/// The results on one version.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Results {
    pub(super) kubernetes: String,
    pub(super) podwright: String,
    /// The repository's commit.
    pub(super) commit: String,
    /// The day of the run, as `2026-11-29`.
    pub(super) date: String,
    /// Whether the test program ran to its end.
    pub(super) ended: bool,
    pub(super) tests: BTreeMap<String, Outcome>,
    /// Tests that failed in the whole run and passed when they ran again alone.
    #[serde(default)]
    pub(super) alone: BTreeSet<String>,
    pub(super) features: Vec<Feature>,
}

/// The outcome of a test.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Outcome {
    Passed,
    /// With the reason.
    Failed(String),
    /// With the feature that the API server lacks.
    Skipped(String),
}

/// A feature of API servers, as the suite saw it (tests/cluster/features.rs).
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Feature {
    pub(super) name: String,
    /// The first version that has it.
    pub(super) since: String,
    pub(super) supported: bool,
    /// The way in which the suite sees it.
    pub(super) seen: String,
    /// The consequence for podwright's users.
    pub(super) effect: String,
}

impl Results {
    pub(super) fn succeeds(&self) -> bool {
        self.ended && self.failed().next().is_none()
    }

    /// The failed tests, with their reasons.
    pub(super) fn failed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tests.iter().filter_map(|(test, outcome)| match outcome {
            Outcome::Failed(reason) => Some((test.as_str(), reason.as_str())),
            _ => None,
        })
    }

    /// Adds the results of failed tests that ran again alone.
    pub(super) fn add(&mut self, later: Self) {
        for (test, outcome) in later.tests {
            if outcome == Outcome::Passed {
                self.alone.insert(test.clone());
            }
            self.tests.insert(test, outcome);
        }
        self.ended |= later.ended;
    }

    pub(super) fn count(&self, which: impl Fn(&Outcome) -> bool) -> usize {
        self.tests.values().filter(|outcome| which(outcome)).count()
    }

    pub(super) fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string_pretty(self).map_err(|reason| Error::new(format!("cannot write results: {reason}")))
    }

    pub(super) fn from_json(json: &str) -> Result<Self, Error> {
        serde_json::from_str(json).map_err(|reason| {
            Error::new(format!(
                "cannot read the results in docs/compatibility: {reason}; remove the file to run it again"
            ))
        })
    }
}

/// Collects results line by line.
#[derive(Debug, Default)]
pub(super) struct Reader {
    results: Results,
    skipped: BTreeMap<String, String>,
    /// The failed test whose output is being read.
    failed: Option<String>,
    /// Whether the next line is the reason of a failure.
    reason_follows: bool,
}

impl Reader {
    /// Reads a line of `cargo test`.
    pub(super) fn read(&mut self, line: &str) {
        if let Some((_, skipped)) = line.split_once(SKIPPED) {
            self.skipped.extend(skipped.split_once(": ").map(|(test, why)| (test.to_owned(), why.to_owned())));
        } else if let Some((_, feature)) = line.split_once(FEATURE) {
            self.results.features.extend(serde_json::from_str::<Feature>(feature));
        } else if let Some((test, outcome)) = line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... ")) {
            self.record(test, outcome);
        } else if let Some(test) = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----")) {
            self.failed = Some(test.to_owned());
        } else {
            self.read_reason(line);
        }
    }

    fn record(&mut self, test: &str, outcome: &str) {
        let outcome = match outcome {
            "ok" => Outcome::Passed,
            "FAILED" => Outcome::Failed(String::new()),
            _ => return,
        };
        self.results.tests.insert(test.to_owned(), outcome);
    }

    /// Keeps the first line of a panic's message.
    fn read_reason(&mut self, line: &str) {
        if std::mem::take(&mut self.reason_follows)
            && let Some(test) = self.failed.take()
        {
            self.results.tests.insert(test, Outcome::Failed(line.trim().chars().take(200).collect()));
        }
        self.reason_follows = self.failed.is_some() && line.contains(" panicked at ");
    }

    /// The results, where skipped tests are no longer passed ones.
    pub(super) fn finish(mut self, ended: bool) -> Results {
        for (test, feature) in self.skipped {
            let outcome = self.results.tests.entry(test).or_insert(Outcome::Passed);
            if *outcome == Outcome::Passed {
                *outcome = Outcome::Skipped(feature);
            }
        }
        self.results.features.sort_by(|a, b| a.name.cmp(&b.name));
        Results { ended, ..self.results }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Outcome, Reader, Results};

    const SAID: &str = r#"
running 4 tests
test parity::the_same ... ok
SKIPPED resources::of_the_pod: Pod-level resources
test resources::of_the_pod ... ok
FEATURE {"name":"Pod-level resources","since":"1.34","supported":false,"seen":"a dry run","effect":"Dropped."}
test policy::equal ... FAILED
test thin_line::whole ... ok

failures:

---- policy::equal stdout ----
a line before

thread 'policy::equal' (17) panicked at tests/cluster/policy/mod.rs:20:5:
assertion failed: no such kind
note: run with `RUST_BACKTRACE=1`

failures:
    policy::equal

test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.52s"#;

    pub(in crate::matrix) fn results() -> Results {
        let mut reader = Reader::default();
        SAID.lines().for_each(|line| reader.read(line));
        reader.finish(true)
    }

    #[test]
    fn each_test_has_an_outcome_with_its_reason() {
        let results = results();
        let outcomes: Vec<_> = results.tests.iter().map(|(test, outcome)| (test.as_str(), outcome)).collect();
        let failed = Outcome::Failed("assertion failed: no such kind".to_owned());
        let skipped = Outcome::Skipped("Pod-level resources".to_owned());
        let expected = [
            ("parity::the_same", &Outcome::Passed),
            ("policy::equal", &failed),
            ("resources::of_the_pod", &skipped),
            ("thin_line::whole", &Outcome::Passed),
        ];
        assert_eq!(outcomes, expected);
        assert!(!results.succeeds());
        assert_eq!(results.features.len(), 1);
    }

    #[test]
    fn a_test_that_passes_alone_is_named() {
        let mut results = results();
        let mut again = Reader::default();
        again.read("test policy::equal ... ok");
        results.add(again.finish(true));
        assert!(results.succeeds() && results.alone.contains("policy::equal"), "{results:?}");
    }

    #[test]
    fn stored_results_are_read_again() {
        let results = results();
        let again = results.to_json().and_then(|json| Results::from_json(&json));
        assert_eq!(format!("{again:?}"), format!("{:?}", Ok::<_, ()>(results)));
    }
}
