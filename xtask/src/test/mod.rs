//! `cargo xtask test`: every test, a part of them on the oldest Kubernetes, those in a whole cluster last, and a table of
//! the suites. If the machine cannot hold a cluster, the command prints the reason and the requirements, before and after.

mod cargo_tests;
pub(crate) mod cluster_suite;
mod suite;

use std::{path::Path, process::ExitCode, thread};

use xtask::{
    Error, bail,
    control_plane::{self, RELEASES, Release},
    helm::Helm,
    tools::Tool,
};

use crate::{code, e2e, image};
pub(crate) use cargo_tests::CargoTests;
pub(crate) use suite::{Counts, FEATURE, SKIPPED, Suite, Suites};

/// The prefix of tests with Helm 4, which takes minutes to build. They run only if named: `cargo xtask test --test
/// cluster helm_4`.
const HELM_4: &str = "helm_4";

/// The prefix of tests with buildah. They run where the machine can hold a cluster, whose image buildah builds.
const BUILDAH: &str = "with_buildah";

/// Runs the selected tests. Without arguments: `cargo test` on the whole workspace, a part of it on the oldest
/// Kubernetes, and the checks in a cluster.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<ExitCode, Error> {
    // Built now, so that no test takes the minutes of a first build.
    control_plane::assets()?;
    let mut suites = Suites::default();
    let cluster = if arguments.is_empty() { Some(e2e::prepare()) } else { None };
    let succeeds = match &cluster {
        Some(cluster) => run_everything(root, cluster, &mut suites)?,
        None => run_all(&CargoTests::of(root, arguments), &mut suites)?,
    };
    println!("\n{}", suite::table(&suites.all));
    if let Some(Err(why)) = cluster {
        say_what_is_left_out(&why);
    }
    Ok(code(succeeds))
}

/// Runs the cluster suite, or the selected tests in it, on this version.
pub(crate) fn run_on(root: &Path, release: &Release, arguments: &[String]) -> Result<ExitCode, Error> {
    let suite = cluster_suite::run(&cluster_suite::on(root, release, arguments)?, release, |_| ())?;
    let succeeds = suite.succeeds();
    println!("\n{}", suite::table(&[suite]));
    Ok(code(succeeds))
}

fn run_all(tests: &CargoTests<'_>, suites: &mut Suites) -> Result<bool, Error> {
    tests.build()?;
    tests.run(|line| suites.read(line))
}

fn run_everything(root: &Path, cluster: &Result<(), Error>, suites: &mut Suites) -> Result<bool, Error> {
    let [oldest, ..] = &RELEASES;
    oldest.folder(root)?;
    Helm::Three.program()?;
    Tool::Kustomize.folder()?;
    Tool::KubeScore.folder()?;
    match cluster {
        Ok(()) => build_with_image(root)?,
        Err(why) => say_what_is_left_out(why),
    }
    let left_out = [HELM_4].into_iter().chain(cluster.is_err().then_some(BUILDAH));
    let of_tests = left_out.flat_map(|prefix| ["--skip", prefix].map(str::to_owned)).collect();
    if !run_all(&CargoTests { of_tests, ..CargoTests::of(root, &[]) }, suites)? {
        eprintln!("`cargo test` failed, so neither the oldest Kubernetes nor the checks in a cluster followed");
        return Ok(false);
    }
    suites.all.push(cluster_suite::on_the_oldest(root, oldest)?);
    if cluster.is_ok() {
        suites.all.push(e2e::run(root, &[]).unwrap_or_else(e2e::broken_off));
    }
    Ok(suites.all.iter().all(Suite::succeeds))
}

/// Builds the tests, and in parallel the image's binary, most of whose minutes use one core.
fn build_with_image(root: &Path) -> Result<(), Error> {
    thread::scope(|scope| {
        let released = scope.spawn(|| e2e::build_ahead(root));
        // The next build shows errors in the tests.
        let _ = cargo_tests::command(root, &["--no-run", "--quiet"]).status();
        released.join().unwrap_or_else(|_| bail!("the build of {} panicked", image::TAG))
    })
}

fn say_what_is_left_out(why: &Error) {
    let line = "=".repeat(100);
    eprintln!(
        "\n{line}\nNOT RUN: the tests in a whole Kubernetes cluster, `cargo xtask e2e`.\n\nWhy: {why}\n\n{}\n{line}\n",
        e2e::needs()
    );
}
