//! `cargo xtask fuzz`: libFuzzer on what podwright reads, with the stable compiler.
//!
//! The targets and their promises are in `fuzz/`, a workspace of its own; here they are built, given their seeds, run and
//! reported on. What a target asserts is not known here.

mod build;
mod corpus;
mod outcome;

use std::{
    fmt::Write as _,
    fs::{self, File},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Mutex,
    thread,
    time::Duration,
};

use build::Built;
use outcome::Outcome;
use xtask::{Error, lifeline};

/// One kind of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Target(&'static str);

const TARGETS: [Target; 4] =
    [Target("admission_review"), Target("annotations"), Target("profile_file"), Target("manifest")];

const USAGE: &str = "\
usage: cargo xtask fuzz [TARGET...] [--seconds N] [--keep]

  TARGET       admission_review, annotations, profile_file or manifest; all of them without one
  --seconds N  how long each runs: 60 without it
  --keep       write what reaches more code than the seeds do to fuzz/corpus/, which is committed";

const SECONDS: u32 = 60;
/// Bytes: some times what people write. What is longer is slower, and reaches no more code.
const LONGEST: usize = 8192;
/// What takes so many seconds, or megabytes, is a finding: an input takes less than a thousandth of either.
const SLOWEST: u32 = 10;
const LARGEST: u32 = 1024;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    targets: Vec<Target>,
    seconds: u32,
    keep: bool,
}

impl Asked {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let mut asked = Self { targets: Vec::new(), seconds: SECONDS, keep: false };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--keep" => asked.keep = true,
                // To libFuzzer, none is for ever.
                "--seconds" => asked.seconds = arguments.next()?.parse().ok().filter(|seconds| *seconds > 0)?,
                name => asked.targets.push(TARGETS.into_iter().find(|Target(known)| *known == name)?),
            }
        }
        if asked.targets.is_empty() {
            asked.targets.extend(TARGETS);
        }
        Some(asked)
    }
}

/// Builds, seeds and runs the targets, as many at once as there are cores; fails where one found something.
pub(crate) fn run(root: &Path, arguments: Vec<String>) -> Result<ExitCode, Error> {
    let asked = Asked::parse(arguments.into_iter()).ok_or_else(|| Error::new(USAGE))?;
    let built = build::build(root)?;
    corpus::seed(root, &built)?;
    let outcomes = all(root, &built, &asked)?;
    print!("{}", table(&outcomes));
    if asked.keep {
        for Target(name) in &asked.targets {
            println!("{}", corpus::keep(root, &built, name)?);
        }
    }
    let findings: String = outcomes.iter().filter_map(|outcome| outcome.finding(root, &built)).collect();
    eprint!("{findings}");
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn all(root: &Path, built: &Built, asked: &Asked) -> Result<Vec<Outcome>, Error> {
    let queue = Mutex::new(asked.targets.iter());
    let next = || queue.lock().ok()?.next();
    let work = || -> Result<Vec<Outcome>, Error> {
        let mut outcomes = Vec::new();
        while let Some(Target(name)) = next() {
            outcomes.push(one(root, built, (name, asked.seconds))?);
        }
        Ok(outcomes)
    };
    let cores = thread::available_parallelism().map_or(1, usize::from).min(asked.targets.len());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.join().map_err(|_| Error::new("a worker of `cargo xtask fuzz` panicked"))??);
        }
        Ok(all)
    })
}

fn one(root: &Path, built: &Built, (name, seconds): (&'static str, u32)) -> Result<Outcome, Error> {
    let artifacts = root.join("fuzz/artifacts").join(name);
    let [found, seeds, kept] = corpus::folders(root, name);
    for folder in [&artifacts, &found, &kept] {
        fs::create_dir_all(folder).map_err(Error::at("make", folder))?;
    }
    let log = root.join(build::FOLDER).join(format!("{name}.log"));
    let mut fuzzer = lifeline::command_without_grace(built.target(name));
    fuzzer.args([
        format!("-max_total_time={seconds}"),
        format!("-max_len={LONGEST}"),
        format!("-timeout={SLOWEST}"),
        format!("-rss_limit_mb={LARGEST}"),
        format!("-dict={}", root.join("fuzz/dictionaries").join(format!("{name}.dict")).display()),
        format!("-artifact_prefix={}/", artifacts.display()),
        "-print_final_stats=1".to_owned(),
    ]);
    fuzzer.args([found, seeds, kept]);
    // It ends by itself, but not where it hangs before the first input.
    let patience = Duration::from_secs(u64::from(seconds) * 2 + 120);
    let status = lifeline::spawn(logged(fuzzer, &log)?)?.wait(patience)?;
    let status = status.ok_or_else(|| Error::new(format!("{name} hangs; what it said is in {}", log.display())))?;
    let said = fs::read(&log).map_err(Error::at("read", &log))?;
    Outcome::read(name, status, &String::from_utf8_lossy(&said))
        .map_err(|sentence| Error::new(format!("{name}: {sentence}; what it said is in {}", log.display())))
}

/// The command with its output in a file.
fn logged(mut command: std::process::Command, log: &Path) -> Result<std::process::Command, Error> {
    let file = File::create(log).map_err(Error::at("write", log))?;
    command.stdout(file.try_clone().map_err(Error::at("write", log))?).stderr(file);
    Ok(command)
}

fn table(outcomes: &[Outcome]) -> String {
    let mut table =
        format!("{:<18}{:>12}{:>10}{:>10}{:>12}  found\n", "target", "executions", "edges", "more", "new inputs");
    for outcome in outcomes {
        let _ = writeln!(table, "{outcome}");
    }
    table
}

/// Names of files alone, so that folders are no surprise.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(folder).map_err(Error::at("list", folder))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
    let mut paths = paths.map_err(Error::at("list", folder))?;
    paths.retain(|path| path.is_file());
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::{Asked, TARGETS, Target};

    fn asked(words: &str) -> Option<Asked> {
        Asked::parse(words.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn every_target_runs_a_minute_where_nothing_else_is_asked() {
        assert_eq!(asked(""), Some(Asked { targets: TARGETS.to_vec(), seconds: 60, keep: false }));
        let manifest = Asked { targets: vec![Target("manifest")], seconds: 5, keep: true };
        assert_eq!(asked("manifest --seconds 5 --keep"), Some(manifest));
    }

    #[test]
    fn what_is_not_known_is_not_run() {
        for words in ["yaml", "--seconds", "--seconds soon", "--seconds 0", "--fast"] {
            assert_eq!(asked(words), None, "{words}");
        }
    }
}
