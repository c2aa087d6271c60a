//! The results of each suite of tests, parsed from the output of cargo and the test programs, and their table.

use std::{fmt, time::Duration};

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
    /// Passed, failed and ignored.
    pub(crate) tests: [usize; 3],
    pub(crate) took: Duration,
}

impl Suite {
    /// Whether it ran to its end and no test failed.
    pub(crate) fn succeeds(&self) -> bool {
        self.counts.is_some_and(|counts| counts.tests[1] == 0)
    }
}

/// Records one line of `cargo test`.
pub(super) fn read(suites: &mut Vec<Suite>, line: &str) {
    if let Some(counts) = line.strip_prefix("test result: ").and_then(Counts::parse) {
        // Documentation has two results if some examples cannot be compiled together.
        suites.last_mut().into_iter().for_each(|last| last.counts = Some(last.counts.unwrap_or_default().and(counts)));
    } else if let Some(name) = name(line) {
        suites.push(Suite { name, counts: None });
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
        Some(Self { tests: [before("passed")?, before("failed")?, before("ignored")?], took })
    }

    fn and(self, other: Self) -> Self {
        let [passed, failed, ignored] = other.tests;
        let tests = [self.tests[0] + passed, self.tests[1] + failed, self.tests[2] + ignored];
        Self { tests, took: self.took + other.took }
    }
}

/// The table: a row for each suite that has a test, and their sum.
pub(super) fn table(suites: &[Suite]) -> String {
    let all = suites.iter().filter_map(|suite| suite.counts).fold(Counts::default(), Counts::and);
    let head = format!("{:<44}{:>8}{:>8}{:>8}{:>12}\n", "suite", "passed", "failed", "ignored", "time");
    let has_tests = |counts: Counts| counts.tests != [0; 3];
    let rows = suites.iter().filter(|suite| suite.counts.is_none_or(has_tests)).map(|suite| format!("{suite}\n"));
    let all = Suite { name: "all".to_owned(), counts: Some(all) };
    head + &rows.collect::<String>() + &format!("{all}\n")
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Counts { tests: [passed, failed, ignored], took }) = self.counts else {
            return write!(f, "{:<44}{:>36}", self.name, "no result");
        };
        write!(f, "{:<44}{passed:>8}{failed:>8}{ignored:>8}{:>10.1} s", self.name, took.as_secs_f32())
    }
}

#[cfg(test)]
mod tests {
    use super::{read, table};

    const SAID: &str = "\
     Running unittests src/lib.rs (target/debug/deps/podwright_core-0a1b)
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.52s
     Running unittests src/main.rs (target/debug/deps/podwright-0a1b)
test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
     Running tests/golden.rs (target/debug/deps/golden-ff)
test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 4 filtered out; finished in 70.00s
     Running tests/server/main.rs (target/debug/deps/server-ff)
   Doc-tests podwright_core
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s";

    #[test]
    fn each_suite_with_a_test_is_a_row() {
        let mut suites = Vec::new();
        SAID.lines().for_each(|line| read(&mut suites, line));
        let rows: Vec<Vec<String>> =
            table(&suites).lines().map(|row| row.split_whitespace().map(str::to_owned).collect()).collect();
        let expected = [
            "suite passed failed ignored time",
            "podwright_core: src/lib.rs 12 0 1 0.5 s",
            "tests/golden.rs 2 1 0 70.0 s",
            "tests/server/main.rs no result",
            "podwright_core: documentation 3 0 0 1.0 s",
            "all 17 1 1 71.5 s",
        ];
        assert_eq!(rows.iter().map(|row| row.join(" ")).collect::<Vec<_>>(), expected);
    }
}
