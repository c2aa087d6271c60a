//! `cargo xtask fuzz`: libFuzzer on podwright's inputs, with the stable compiler.
//!
//! The targets and their assertions are in `fuzz/`, a separate workspace. This builds, seeds and runs them, and reports
//! the results.

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
use clap::Args;
use course::Course;
use outcome::Outcome;
use xtask::{Error, bail, lifeline};

use crate::code;

/// A target's name, and the inputs that take about a minute with two targets at once on two cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Target(&'static str, u32);

const TARGETS: [Target; 5] = [
    Target("admission_review", 450_000),
    Target("annotations", 40_000),
    Target("profile_file", 400_000),
    Target("manifest", 100_000),
    Target("cost", 30_000),
];

impl Target {
    fn parse(name: &str) -> Result<Self, String> {
        let names = || TARGETS.map(|Target(name, _)| name).join(", ");
        let target = TARGETS.into_iter().find(|Target(known, _)| *known == name);
        target.ok_or_else(|| format!("no such target: expected one of {}", names()))
    }
}

#[derive(Args)]
pub(crate) struct Options {
    /// The targets (admission_review, annotations, profile_file, manifest, cost); all by default
    #[arg(value_parser = Target::parse)]
    targets: Vec<Target>,
    /// Run each target this long, with random inputs; without it, a run takes about a minute and is the same each time
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: Option<u32>,
    /// Keep the inputs that random runs reached beyond the seeds in fuzz/corpus/, which is committed
    #[arg(long)]
    keep: bool,
}

/// The most bytes of an input, several times those of usual files. Longer ones are slower and reach no more code.
const LONGEST: usize = 8192;
/// Seconds and megabytes that count as a finding; an input usually takes less than a thousandth of either.
const SLOWEST: u32 = 10;
const LARGEST: u32 = 1024;
const ARTIFACTS: &str = "fuzz/artifacts";

/// Builds, seeds and runs the targets, one per core at a time; fails if one found something.
pub(crate) fn run(root: &Path, options: Options) -> Result<ExitCode, Error> {
    let course = options.seconds.map_or(Course::Same, |seconds| Course::ByChance { seconds });
    let targets = if options.targets.is_empty() { TARGETS.to_vec() } else { options.targets };
    let built = build::build(root)?;
    corpus::seed(root, &built)?;
    let outcomes = all(&targets, |target| one(root, &built, (target, course)))?;
    print!("{}", table(&outcomes));
    for Target(name, _) in targets.iter().filter(|_| options.keep) {
        println!("{}", corpus::keep(root, &built, name)?);
    }
    let findings: String = outcomes.iter().filter_map(|outcome| outcome.finding(root, &built)).collect();
    eprint!("{findings}");
    Ok(code(findings.is_empty()))
}

fn all(targets: &[Target], one: impl Fn(Target) -> Result<Outcome, Error> + Sync) -> Result<Vec<Outcome>, Error> {
    let queue = Mutex::new(targets.iter());
    let next = || queue.lock().ok()?.next();
    let work = || std::iter::from_fn(next).map(|target| one(*target)).collect::<Result<Vec<_>, _>>();
    let cores = thread::available_parallelism().map_or(1, usize::from).min(targets.len());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|_| bail!("a worker panicked")));
        Ok(ended.collect::<Result<Vec<_>, _>>()?.concat())
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

/// Redirects the command's output to a file.
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

/// The files of a folder, without its folders.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(folder).map_err(Error::at("list", folder))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
    let mut paths = paths.map_err(Error::at("list", folder))?;
    paths.retain(|path| path.is_file());
    Ok(paths)
}
