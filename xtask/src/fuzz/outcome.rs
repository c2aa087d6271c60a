//! A run's result, parsed from libFuzzer's output: the numbers, and instructions for a finding.

use std::{fmt, path::Path, process::ExitStatus};

use super::build::Built;

/// Every target passes thousands. With fewer, the coverage is not measured and guides nothing.
const FEWEST_EDGES: u64 = 500;
/// The most characters of a quoted line.
const LINE: usize = 400;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    name: &'static str,
    executions: u64,
    /// The edges that the seeds and the kept corpus reach, and those at the end.
    edges: (u64, u64),
    new: u64,
    found: Option<Found>,
}

/// An input that broke a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    /// The panic's message, or libFuzzer's summary.
    said: String,
    /// The file with the input.
    input: String,
}

impl Outcome {
    /// Parses a log; the error says why it has no result.
    pub(super) fn read(name: &'static str, status: ExitStatus, log: &str) -> Result<Self, &'static str> {
        let covered = |line: &str| number_behind(line, " cov: ");
        let at_start = log.lines().find(|line| line.contains("INITED")).and_then(covered);
        let at_end = log.lines().filter_map(covered).next_back();
        let stat = |stat: &str| log.lines().find_map(|line| number_behind(line, stat)).unwrap_or_default();
        let input = log.lines().find_map(|line| line.split_once("Test unit written to ").map(|(_, file)| file.trim()));
        let found = input.map(|input| Found { said: said(log), input: input.to_owned() });
        if found.is_none() && !status.success() {
            return Err("libFuzzer failed");
        }
        // A seed that breaks a promise ends the run before the counts.
        let edges = at_start.zip(at_end).unwrap_or_default();
        if found.is_none() && edges.1 < FEWEST_EDGES {
            return Err(
                "no coverage was measured: check that the compiler accepts the flags in xtask/src/fuzz/build.rs",
            );
        }
        let (executions, new) = (stat("stat::number_of_executed_units:"), stat("stat::new_units_added:"));
        Ok(Self { name, executions, edges, new, found })
    }

    /// The finding, and the commands to repeat and to minimise it.
    pub(super) fn finding(&self, built: &Built) -> Option<String> {
        let Found { said, input } = self.found.as_ref()?;
        let short = |path: &str| {
            Path::new(path).strip_prefix(&built.root).map_or(path.to_owned(), |path| path.display().to_string())
        };
        let (program, input) = (short(&built.target(self.name).to_string_lossy()), short(input));
        Some(format!(
            "\n{name}: {said}\n  input: {input}\n  repeat: {program} {input}\n  minimise: {program} -minimize_crash=1 \
             -max_total_time=60 {input}\n  then fix it, with a regression test (fuzz/README.md)\n",
            name = self.name
        ))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, executions, edges: (at_start, at_end), new, found } = self;
        let found = found.as_ref().map_or("nothing", |_| "see below");
        write!(f, "{name:<18}{executions:>12}{at_end:>10}{:>10}{new:>12}  {found}", at_end - at_start)
    }
}

fn number_behind(line: &str, word: &str) -> Option<u64> {
    let (_, rest) = line.split_once(word)?;
    rest.split_whitespace().next()?.parse().ok()
}

/// The panic's place and message without the backtrace, or libFuzzer's own sentence.
fn said(log: &str) -> String {
    let lines = log.lines().skip_while(|line| !line.contains("panicked at "));
    let ends = |line: &str| ["note: ", "stack backtrace:", "=="].iter().any(|end| line.starts_with(end));
    let panic: Vec<String> =
        lines.take(12).take_while(|line| !ends(line)).map(|line| line.chars().take(LINE).collect()).collect();
    let summary = || log.lines().find(|line| line.starts_with("SUMMARY: ")).unwrap_or("see the log");
    if panic.is_empty() { summary().to_owned() } else { panic.join("\n  ").trim_end().to_owned() }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt, process::ExitStatus};

    use super::{Found, Outcome};

    const GROWN: &str = "#10\tINITED cov: 4000 ft: 9 corp: 9/9b exec/s: 0 rss: 27Mb\n\
        #80\tNEW    cov: 4321 ft: 10\nDone 100 runs in 1 second(s)\n\
        stat::number_of_executed_units: 100\nstat::new_units_added:          7\n";

    #[test]
    fn the_numbers_are_libfuzzers() {
        let outcome = Outcome::read("manifest", ExitStatus::from_raw(0), GROWN);
        let expected = Outcome { name: "manifest", executions: 100, edges: (4000, 4321), new: 7, found: None };
        assert_eq!(outcome, Ok(expected));
    }

    #[test]
    fn a_run_without_coverage_is_no_success() {
        let blind = GROWN.replace("cov: 4", "cov: ");
        assert!(
            Outcome::read("manifest", ExitStatus::from_raw(0), &blind)
                .is_err_and(|message| message.contains("coverage"))
        );
        assert_eq!(Outcome::read("manifest", ExitStatus::from_raw(256), GROWN), Err("libFuzzer failed"));
    }

    #[test]
    fn a_finding_quotes_the_panic() {
        let log = "INFO: Seed: 1\n\nthread '<unnamed>' (7) panicked at targets/manifest.rs:9:5:\nthe second round\n\
            note: run with `RUST_BACKTRACE=1`\n==7== ERROR: libFuzzer: deadly signal\nSUMMARY: libFuzzer: deadly signal\n\
            artifact_prefix='a/'; Test unit written to a/crash-1\n";
        let outcome = Outcome::read("manifest", ExitStatus::from_raw(256), log);
        let said = "thread '<unnamed>' (7) panicked at targets/manifest.rs:9:5:\n  the second round".to_owned();
        assert_eq!(outcome.map(|outcome| outcome.found), Ok(Some(Found { said, input: "a/crash-1".to_owned() })));
        let slow = "SUMMARY: libFuzzer: timeout\nartifact_prefix='a/'; Test unit written to a/timeout-1\n";
        let outcome = Outcome::read("manifest", ExitStatus::from_raw(256), slow).map(|outcome| outcome.found);
        assert!(outcome.is_ok_and(|found| found.is_some_and(|found| found.said == "SUMMARY: libFuzzer: timeout")));
    }
}
