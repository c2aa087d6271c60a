//! The results of each suite of tests, parsed from the output of cargo and the test programs, and their table.

use std::{fmt, mem, time::Duration};

/// The first word of the line that a skipped test writes (tests/cluster/features.rs).
pub(crate) const SKIPPED: &str = "SKIPPED ";
/// The first word of the line about a feature of the API server; JSON follows.
pub(crate) const FEATURE: &str = "FEATURE ";

/// The tests of one program, the examples in one crate's documentation, or the checks in a cluster.
#[derive(Debug, PartialEq)]
pub(crate) struct Suite {
    /// A file, or a crate and its tested part.
    pub(crate) name: String,
    /// None if a program ended without a result.
    pub(crate) counts: Option<Counts>,
}

/// The numbers of tests, and their time without the build's.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    /// Tests that the API server cannot run, because it lacks a feature. The test program counts them as passed.
    pub(crate) skipped: usize,
    /// Tests that were not selected.
    pub(crate) ignored: usize,
    pub(crate) took: Duration,
}

impl Suite {
    /// Whether it ran to its end and no test failed.
    pub(crate) fn succeeds(&self) -> bool {
        self.counts.is_some_and(|counts| counts.failed == 0)
    }
}

/// The suites of a run, built line by line from the output of `cargo test`.
#[derive(Debug, Default)]
pub(crate) struct Suites {
    pub(crate) all: Vec<Suite>,
    /// The skipped tests of the suite that runs.
    skipped: usize,
}

impl Suites {
    /// Records one line of `cargo test`.
    pub(crate) fn read(&mut self, line: &str) {
        if line.contains(SKIPPED) {
            self.skipped += 1;
        } else if let Some(counts) = line.strip_prefix("test result: ").and_then(Counts::parse) {
            let counts = counts.without(mem::take(&mut self.skipped));
            // Documentation has two results if some examples cannot be compiled together.
            let last = self.all.last_mut().into_iter();
            last.for_each(|last| last.counts = Some(last.counts.unwrap_or_default().and(counts)));
        } else if let Some(name) = name(line) {
            self.all.push(Suite { name, counts: None });
        }
    }
}

/// `golden` for `Running tests/golden.rs (target/debug/deps/golden-0123)`.
fn name(line: &str) -> Option<String> {
    let line = line.trim_start();
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(format!("{name}: documentation"));
    }
    let (file, program) = line.strip_prefix("Running ")?.trim_start_matches("unittests ").split_once(" (")?;
    let (_, program) = program.rsplit_once('/')?;
    let (program, _) = program.rsplit_once('-')?;
    Some(if file.starts_with("src/") { format!("{program}: {file}") } else { file.to_owned() })
}

impl Counts {
    /// Parses `ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.12s`.
    fn parse(result: &str) -> Option<Self> {
        let words: Vec<&str> = result.split([' ', ';']).collect();
        let before =
            |word: &str| words.iter().zip(words.iter().skip(1)).find(|(_, next)| **next == word)?.0.parse().ok();
        let seconds = words.last()?.strip_suffix('s')?.parse().ok()?;
        let took = Duration::try_from_secs_f64(seconds).ok()?;
        let [passed, failed, ignored] = [before("passed")?, before("failed")?, before("ignored")?];
        Some(Self { passed, failed, ignored, took, skipped: 0 })
    }

    /// The same, where so many tests were skipped and not passed.
    fn without(self, skipped: usize) -> Self {
        Self { passed: self.passed.saturating_sub(skipped), skipped, ..self }
    }

    fn and(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
            ignored: self.ignored + other.ignored,
            took: self.took + other.took,
        }
    }

    fn is_empty(self) -> bool {
        [self.passed, self.failed, self.skipped, self.ignored] == [0; 4]
    }
}

/// The table: a row for each suite that has a test, and their sum.
pub(super) fn table(suites: &[Suite]) -> String {
    let all = suites.iter().filter_map(|suite| suite.counts).fold(Counts::default(), Counts::and);
    let head = format!("{:<44}{:>8}{:>8}{:>8}{:>8}{:>12}\n", "suite", "passed", "failed", "skipped", "ignored", "time");
    let rows = suites.iter().filter(|suite| suite.counts.is_none_or(|counts| !counts.is_empty()));
    let rows = rows.map(|suite| format!("{suite}\n"));
    let all = Suite { name: "all".to_owned(), counts: Some(all) };
    head + &rows.collect::<String>() + &format!("{all}\n")
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Counts { passed, failed, skipped, ignored, took }) = self.counts else {
            return write!(f, "{:<44}{:>44}", self.name, "no result");
        };
        let seconds = took.as_secs_f32();
        write!(f, "{:<44}{passed:>8}{failed:>8}{skipped:>8}{ignored:>8}{seconds:>10.1} s", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::{Suites, table};

    const SAID: &str = "\
     Running unittests src/lib.rs (target/debug/deps/podwright_core-0a1b)
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.52s
     Running unittests src/main.rs (target/debug/deps/podwright-0a1b)
test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
     Running tests/golden.rs (target/debug/deps/golden-ff)
test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 4 filtered out; finished in 70.00s
     Running tests/server/main.rs (target/debug/deps/server-ff)
     Running tests/cluster/main.rs (target/debug/deps/cluster-ff)
test a ... SKIPPED cluster::a: the API server has no Pod-level resources
ok
SKIPPED cluster::b: the API server has no Pod-level resources
test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 2.00s
   Doc-tests podwright_core
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s";

    #[test]
    fn each_suite_with_a_test_is_a_row() {
        let mut suites = Suites::default();
        SAID.lines().for_each(|line| suites.read(line));
        let rows: Vec<Vec<String>> =
            table(&suites.all).lines().map(|row| row.split_whitespace().map(str::to_owned).collect()).collect();
        let expected = [
            "suite passed failed skipped ignored time",
            "podwright_core: src/lib.rs 12 0 0 1 0.5 s",
            "tests/golden.rs 2 1 0 0 70.0 s",
            "tests/server/main.rs no result",
            "tests/cluster/main.rs 3 0 2 0 2.0 s",
            "podwright_core: documentation 3 0 0 0 1.0 s",
            "all 20 1 2 1 73.5 s",
        ];
        assert_eq!(rows.iter().map(|row| row.join(" ")).collect::<Vec<_>>(), expected);
    }
}
