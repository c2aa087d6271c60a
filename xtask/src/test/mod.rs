//! `cargo xtask test`: every test, those in a whole cluster last, and a table of the suites. If the machine cannot hold
//! a cluster, the command prints the reason and the requirements, before and after.

mod suite;

use std::{
    env,
    io::{self, BufRead, BufReader},
    path::Path,
    process::{Command, ExitCode},
    thread,
};

use xtask::{
    Error, bail, control_plane,
    helm::Helm,
    process::{cargo, run as run_program},
    tools::Tool,
};

use crate::{code, e2e, image};
pub(crate) use suite::{Counts, Suite};

/// The variable for the number of cases of each property, and its default.
const CASES: (&str, &str) = ("PROPTEST_CASES", "500");

/// The prefix of tests with Helm 4, which takes minutes to build. They run only if named: `cargo xtask test --test
/// cluster helm_4`.
const HELM_4: &str = "helm_4";

/// Runs `cargo test` on the whole workspace and then the checks in a cluster; with arguments, only the selected tests.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<ExitCode, Error> {
    // Built now, so that no test takes the minutes of a first build.
    control_plane::assets()?;
    if arguments.is_empty() {
        Helm::Three.program()?;
        Tool::Kustomize.folder()?;
        Tool::KubeScore.folder()?;
    }
    let cluster = if arguments.is_empty() { Some(e2e::prepare()) } else { None };
    match &cluster {
        Some(Ok(())) => build_with_image(root)?,
        Some(Err(why)) => say_what_is_left_out(why),
        None => {}
    }
    run_program(cargo_test(root, &["--no-run"]).args(of_cargo(arguments)))?;
    let mut suites = Vec::new();
    let mut succeeds = cargo_tests(root, arguments, &mut suites)?;
    match &cluster {
        Some(Ok(())) if succeeds => {
            let checks = e2e::run(root, &[]).unwrap_or_else(e2e::broken_off);
            succeeds = checks.succeeds();
            suites.push(checks);
        }
        Some(Ok(())) => eprintln!("`cargo test` failed, so the checks in a cluster (`cargo xtask e2e`) did not run"),
        _ => {}
    }
    println!("\n{}", suite::table(&suites));
    if let Some(Err(why)) = cluster {
        say_what_is_left_out(&why);
    }
    Ok(code(succeeds))
}

/// Builds the tests, and in parallel the image's binary, most of whose minutes use one core.
fn build_with_image(root: &Path) -> Result<(), Error> {
    thread::scope(|scope| {
        let released = scope.spawn(|| e2e::build_ahead(root));
        // The next build shows errors in the tests.
        let _ = cargo_test(root, &["--no-run", "--quiet"]).status();
        released.join().unwrap_or_else(|_| bail!("the build of {} panicked", image::TAG))
    })
}

fn cargo_test(root: &Path, options: &[&str]) -> Command {
    let mut cargo = cargo(root, "test");
    cargo.args(["--workspace", "--locked"]).args(options);
    cargo.env(CASES.0, env::var_os(CASES.0).unwrap_or_else(|| CASES.1.into()));
    // One per core, unlike .cargo/config.toml: the API server works while a test waits for it.
    let threads = thread::available_parallelism().map_or(1, usize::from);
    cargo.env("RUST_TEST_THREADS", threads.to_string());
    cargo
}

/// The arguments before `--`, which are cargo's own.
fn of_cargo(arguments: &[String]) -> &[String] {
    arguments.split(|argument| argument == "--").next().unwrap_or_default()
}

/// Runs the built tests, shows their output, and returns whether all passed.
fn cargo_tests(root: &Path, arguments: &[String], suites: &mut Vec<Suite>) -> Result<bool, Error> {
    let failed = |reason| Error::new(format!("cannot run cargo: {reason}"));
    let (reader, writer) = io::pipe().map_err(failed)?;
    let mut command = cargo_test(root, &["--no-fail-fast"]);
    // Cargo prints the programs on standard error, and they print their results on standard output: one pipe keeps the
    // order.
    let of_cargo = of_cargo(arguments);
    let left_out: &[&str] = if arguments.is_empty() { &["--skip", HELM_4] } else { &[] };
    // `cargo test` alone skips the tests that need a control plane.
    command
        .args(of_cargo)
        .args(["--", "--include-ignored"])
        .args(left_out)
        .args(arguments.iter().skip(of_cargo.len() + 1));
    command.stdout(writer.try_clone().map_err(failed)?).stderr(writer);
    let mut cargo = command.spawn().map_err(failed)?;
    // Closes this process's ends of the pipe.
    drop(command);
    for line in BufReader::new(reader).split(b'\n') {
        let line = line.map_err(failed)?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        suite::read(suites, &line);
    }
    Ok(cargo.wait().map_err(failed)?.success())
}

fn say_what_is_left_out(why: &Error) {
    let line = "=".repeat(100);
    eprintln!(
        "\n{line}\nNOT RUN: the tests in a whole Kubernetes cluster, `cargo xtask e2e`.\n\nWhy: {why}\n\n{}\n{line}\n",
        e2e::needs()
    );
}
