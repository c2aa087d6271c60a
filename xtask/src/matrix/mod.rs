//! `cargo xtask matrix`: tests/cluster on every supported Kubernetes, and docs/compatibility.md from the results.
//!
//! Each version has a file of results in docs/compatibility, written at its end. So an interrupted run continues, and the
//! page keeps the other versions when a new one runs.

mod page;
mod results;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use clap::Args;
use results::{Reader, Results};
use xtask::{
    Error,
    control_plane::{RELEASES, Release},
    files, process,
};

use crate::{
    code,
    test::{CargoTests, cluster_suite},
};

/// The page, relative to the repository.
const PAGE: &str = "docs/compatibility.md";

/// The folder of the results, relative to the repository.
const RESULTS: &str = "docs/compatibility";

/// The arguments of the command.
#[derive(Args)]
pub(crate) struct Options {
    /// Versions to run now, such as 1.30; by default all without a result of this commit
    #[arg(value_parser = Release::find)]
    versions: Vec<&'static Release>,
    /// Run only the tests that failed, one at a time, and add their results to the stored ones
    #[arg(long)]
    failed: bool,
    /// Only write the page, from the stored results
    #[arg(long, conflicts_with_all = ["versions", "failed"])]
    page: bool,
}

/// Runs the versions one after another, and writes the page after each.
pub(crate) fn run(root: &Path, options: &Options) -> Result<ExitCode, Error> {
    let commit = process::read(Command::new("git").args(["rev-parse", "HEAD"]).current_dir(root))?.trim().to_owned();
    for release in chosen(options, &stored(root)?, &commit) {
        let results = match stored(root)?.remove(release.version()) {
            Some(earlier) if options.failed => run_failed(root, release, earlier)?,
            _ => run_one(root, release, &commit)?,
        };
        files::write(&file(root, release), results.to_json()?)?;
        write_page(root, &stored(root)?)?;
    }
    let stored = stored(root)?;
    write_page(root, &stored)?;
    println!("{PAGE} has the results of {} of {} versions", stored.len(), RELEASES.len());
    Ok(code(stored.values().all(Results::succeeds)))
}

fn chosen(options: &Options, stored: &BTreeMap<&str, Results>, commit: &str) -> Vec<&'static Release> {
    let of = |release: &Release| stored.get(release.version());
    let is_done = |release: &Release| of(release).is_some_and(|results| results.commit == commit);
    let has_failed = |release: &Release| of(release).is_some_and(|results| !results.succeeds());
    let all = RELEASES.iter();
    match options {
        Options { page: true, .. } => Vec::new(),
        Options { versions, .. } if !versions.is_empty() => versions.clone(),
        Options { failed: true, .. } => all.filter(|release| has_failed(release)).collect(),
        _ => all.filter(|release| !is_done(release)).collect(),
    }
}

/// Runs the failed tests again. On a busy machine, some exceed their time beside others.
fn run_failed(root: &Path, release: &Release, mut earlier: Results) -> Result<Results, Error> {
    let failed = earlier.failed().map(|(test, _)| test.to_owned());
    let of_tests: Vec<String> = ["--exact", "--test-threads=1"].map(str::to_owned).into_iter().chain(failed).collect();
    let tests = cluster_suite::of_the_suite(CargoTests { of_tests, ..CargoTests::of(root, &[]) }, release)?;
    let mut reader = Reader::default();
    let suite = cluster_suite::run(&tests, release, |line| reader.read(line))?;
    println!("{suite}");
    earlier.add(reader.finish(suite.counts.is_some()));
    Ok(earlier)
}

fn run_one(root: &Path, release: &Release, commit: &str) -> Result<Results, Error> {
    let date = process::read(Command::new("date").args(["-u", "+%F"]))?;
    let tests = cluster_suite::on(root, release, &[])?;
    let mut reader = Reader::default();
    let suite = cluster_suite::run(&tests, release, |line| reader.read(line))?;
    println!("{suite}");
    let mut results = reader.finish(suite.counts.is_some());
    results.kubernetes = release.version().to_owned();
    results.podwright = env!("CARGO_PKG_VERSION").to_owned();
    results.date = date.trim().to_owned();
    results.commit = commit.to_owned();
    Ok(results)
}

fn file(root: &Path, release: &Release) -> PathBuf {
    root.join(RESULTS).join(format!("{}.json", release.version()))
}

/// The stored results, by version.
fn stored(root: &Path) -> Result<BTreeMap<&'static str, Results>, Error> {
    files::make(&root.join(RESULTS))?;
    let existing = RELEASES.iter().map(|release| (release.version(), file(root, release)));
    let read = |path: &Path| Results::from_json(&files::read(path)?);
    existing.filter(|(_, path)| path.is_file()).map(|(version, path)| Ok((version, read(&path)?))).collect()
}

fn write_page(root: &Path, stored: &BTreeMap<&str, Results>) -> Result<(), Error> {
    files::write(&root.join(PAGE), page(root, stored)?)
}

fn page(root: &Path, stored: &BTreeMap<&str, Results>) -> Result<String, Error> {
    let all: Vec<&Results> = RELEASES.iter().filter_map(|release| stored.get(release.version())).collect();
    let missing = RELEASES.iter().map(Release::version).filter(|version| !stored.contains_key(version)).collect();
    Ok(page::Page { all, missing, groups: page::groups(root)? }.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Error, PAGE, files, page, stored};
    use crate::root;

    #[test]
    fn the_page_follows_from_the_results() -> Result<(), Error> {
        let existing = files::read(&root().join(PAGE))?;
        assert_eq!(existing, page(root(), &stored(root())?)?, "run `cargo xtask matrix --page`");
        Ok(())
    }
}
