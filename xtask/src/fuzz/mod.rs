//! `cargo xtask fuzz`: libFuzzer on podwright's inputs, with the stable compiler.
//!
//! The targets and their assertions are in `fuzz/`, a separate workspace. This builds, seeds and runs them, and reports
//! the results.

mod build;
mod corpus;
mod outcome;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    sync::Mutex,
    thread,
    time::Duration,
};

use build::Built;
use clap::Args;
use outcome::Outcome;
use xtask::{Error, bail, files, lifeline};

use crate::code;

/// A target's name, and the inputs that take about half a minute with two targets at once on two cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Target(&'static str, u32);

const TARGETS: [Target; 5] = [
    Target("admission_review", 225_000),
    Target("annotations", 20_000),
    Target("profile_file", 200_000),
    Target("manifest", 50_000),
    Target("cost", 15_000),
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
    /// Run each target this long, with random inputs; without it, a run takes about half a minute and is the same each time
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: Option<u32>,
    /// Keep the inputs that random runs reached beyond the seeds in fuzz/corpus/, which is committed
    #[arg(long)]
    keep: bool,
}

/// The most bytes of an input, several times those of usual files. Longer ones are slower and reach no more code.
const MOST_BYTES: usize = 8192;
/// Seconds and megabytes that count as a finding; an input usually takes less than a thousandth of either.
const SLOWEST: u32 = 10;
const LARGEST: u32 = 1024;
/// The seed of the random numbers. libFuzzer takes 0 for the time of day.
const SEED: u32 = 1;
/// The seconds of a fixed run. A slower machine runs only the first of the inputs.
const LONGEST: u32 = 300;
const ARTIFACTS: &str = "fuzz/artifacts";

/// Builds, seeds and runs the targets, one per core at a time; fails if one found something.
pub(crate) fn run(root: &Path, options: Options) -> Result<ExitCode, Error> {
    let targets = if options.targets.is_empty() { TARGETS.to_vec() } else { options.targets };
    let built = build::build(root)?;
    corpus::seed(&built)?;
    let outcomes = all(&targets, |target| one(&built, target, options.seconds))?;
    println!("{:<18}{:>12}{:>10}{:>10}{:>12}  found", "target", "executions", "edges", "more", "new inputs");
    outcomes.iter().for_each(|outcome| println!("{outcome}"));
    for Target(name, _) in targets.iter().filter(|_| options.keep) {
        println!("{}", corpus::keep(&built, name)?);
    }
    let findings: String = outcomes.iter().filter_map(|outcome| outcome.finding(&built)).collect();
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

fn one(built: &Built, target: Target, seconds: Option<u32>) -> Result<Outcome, Error> {
    let Target(name, _) = target;
    let [found, _, kept] = corpus::folders(built, name);
    for folder in [&built.root.join(ARTIFACTS).join(name), &found, &kept] {
        files::make(folder)?;
    }
    let log = built.folder().join(format!("{name}.log"));
    let mut fuzzer = lifeline::command_without_grace(built.target(name));
    fuzzer.current_dir(&built.root);
    fuzzer.args([
        format!("-max_len={MOST_BYTES}"),
        format!("-timeout={SLOWEST}"),
        format!("-rss_limit_mb={LARGEST}"),
        format!("-dict=fuzz/dictionaries/{name}.dict"),
        format!("-artifact_prefix={ARTIFACTS}/{name}/"),
        format!("-max_total_time={}", seconds.unwrap_or(LONGEST)),
        "-print_final_stats=1".to_owned(),
    ]);
    match seconds {
        None => fix_inputs(&mut fuzzer, built, target)?,
        // `cost` reads the clock for new inputs, which only a random run may do.
        Some(_) => drop(fuzzer.env("BY_CHANCE", "1").args(corpus::folders(built, name))),
    }
    // A run ends by itself, unless it hangs before the first input.
    let patience = Duration::from_secs(u64::from(seconds.unwrap_or(LONGEST)) * 2 + 120);
    let failed = |reason: &str| Error::new(format!("{name}: {reason}; its output is in {}", log.display()));
    let status = lifeline::spawn(logged(fuzzer, &log)?)?.wait(patience)?.ok_or_else(|| failed("it hangs"))?;
    let output = fs::read(&log).map_err(Error::at("read", &log))?;
    Outcome::read(name, status, &String::from_utf8_lossy(&output)).map_err(failed)
}

/// Makes a run the same each time, so that a failure in CI can be repeated with the same files. Excludes the time of
/// day, the order of a folder's files, a time limit, random keys of hash maps, and addresses.
fn fix_inputs(fuzzer: &mut Command, built: &Built, Target(name, runs): Target) -> Result<(), Error> {
    let [_, seeds, kept] = corpus::folders(built, name);
    let list = built.folder().join(format!("{name}.inputs"));
    // Paths below the repository, because libFuzzer splits the list at commas.
    let below = |file: &PathBuf| file.strip_prefix(&built.root).unwrap_or(file).display().to_string();
    let inputs: Vec<String> = [files(&seeds)?, files(&kept)?].concat().iter().map(below).collect();
    files::write(&list, inputs.join(","))?;
    fuzzer.args([format!("-seed_inputs=@{}", below(&list)), format!("-seed={SEED}"), format!("-runs={runs}")]);
    // Compared operands would become inputs, and some are addresses. The dictionaries have the words.
    fuzzer.arg("-use_cmp=0").env("LD_PRELOAD", &built.no_chance);
    Ok(())
}

/// Redirects the command's output to a file.
fn logged(mut command: Command, log: &Path) -> Result<Command, Error> {
    let file = File::create(log).map_err(Error::at("write", log))?;
    command.stdout(file.try_clone().map_err(Error::at("write", log))?).stderr(file);
    Ok(command)
}

/// The files of a folder in order, without its folders.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    files::list(folder).map(|paths| paths.into_iter().filter(|path| path.is_file()).collect())
}
