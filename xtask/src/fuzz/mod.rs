//! `cargo xtask fuzz`: libFuzzer on what podwright reads, with the stable compiler.
//!
//! The targets and their promises are in `fuzz/`, a workspace of its own; here they are built, given their seeds, run and
//! reported on. What a target asserts is not known here.

mod build;
mod corpus;
mod course;
mod outcome;

use std::{
    fmt::Write as _,
    fs::{self, File},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Mutex,
    thread,
};

use build::Built;
use course::Course;
use outcome::Outcome;
use xtask::{Error, lifeline};

/// One kind of input, and how many of them take about a minute where two targets run at once on two cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Target(&'static str, u32);

const TARGETS: [Target; 5] = [
    Target("admission_review", 450_000),
    Target("annotations", 40_000),
    Target("profile_file", 400_000),
    Target("manifest", 100_000),
    Target("cost", 30_000),
];

const USAGE: &str = "\
usage: cargo xtask fuzz [TARGET...] [--seconds N] [--keep]

  TARGET       admission_review, annotations, profile_file, manifest or cost; all of them without one
  --seconds N  run each so long, by chance; without it, each runs about a minute, and the same each time
  --keep       write what runs by chance reached beyond the seeds to fuzz/corpus/, which is committed";

/// Bytes: some times what people write. What is longer is slower, and reaches no more code.
const LONGEST: usize = 8192;
/// What takes so many seconds, or megabytes, is a finding: an input takes less than a thousandth of either.
const SLOWEST: u32 = 10;
const LARGEST: u32 = 1024;
const ARTIFACTS: &str = "fuzz/artifacts";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    targets: Vec<Target>,
    course: Course,
    keep: bool,
}

impl Asked {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let mut asked = Self { targets: Vec::new(), course: Course::Same, keep: false };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--keep" => asked.keep = true,
                // To libFuzzer, none is for ever.
                "--seconds" => {
                    let seconds = arguments.next()?.parse().ok().filter(|seconds| *seconds > 0)?;
                    asked.course = Course::ByChance { seconds };
                }
                name => asked.targets.push(TARGETS.into_iter().find(|Target(known, _)| *known == name)?),
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
        for Target(name, _) in &asked.targets {
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
        while let Some(target) = next() {
            outcomes.push(one(root, built, (*target, asked.course))?);
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

fn one(root: &Path, built: &Built, (target, course): (Target, Course)) -> Result<Outcome, Error> {
    let Target(name, _) = target;
    let artifacts = root.join(ARTIFACTS).join(name);
    let [found, _, kept] = corpus::folders(root, name);
    for folder in [&artifacts, &found, &kept] {
        fs::create_dir_all(folder).map_err(Error::at("make", folder))?;
    }
    let log = root.join(build::FOLDER).join(format!("{name}.log"));
    let mut fuzzer = lifeline::command_without_grace(built.target(name));
    fuzzer.current_dir(root);
    fuzzer.args([
        format!("-max_len={LONGEST}"),
        format!("-timeout={SLOWEST}"),
        format!("-rss_limit_mb={LARGEST}"),
        format!("-dict=fuzz/dictionaries/{name}.dict"),
        format!("-artifact_prefix={ARTIFACTS}/{name}/"),
        "-print_final_stats=1".to_owned(),
    ]);
    course.tell(&mut fuzzer, target, (root, built))?;
    let status = lifeline::spawn(logged(fuzzer, &log)?)?.wait(course.patience())?;
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
    use super::{Asked, Course, TARGETS};

    fn asked(words: &str) -> Option<Asked> {
        Asked::parse(words.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn every_target_runs_the_same_course_where_nothing_else_is_asked() {
        assert_eq!(asked(""), Some(Asked { targets: TARGETS.to_vec(), course: Course::Same, keep: false }));
        let manifest = Asked { targets: vec![TARGETS[3]], course: Course::ByChance { seconds: 5 }, keep: true };
        assert_eq!(asked("manifest --seconds 5 --keep"), Some(manifest));
    }

    #[test]
    fn what_is_not_known_is_not_run() {
        for words in ["yaml", "--seconds", "--seconds soon", "--seconds 0", "--fast"] {
            assert_eq!(asked(words), None, "{words}");
        }
    }
}
