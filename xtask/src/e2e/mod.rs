//! `cargo xtask e2e`: podwright as an image in a whole cluster, seen from outside.
//!
//! Checks are named functions, one file for each theme, each in its own Namespace. They see podwright through kubectl,
//! processes and clients only.

mod certificates;
mod diagnosis;
mod helm;
mod install;
mod leftovers;
mod life;
mod minute;
mod pods;
mod settings;
mod side_by_side;
mod stage;
mod stream;
mod traffic;
mod workloads;

use std::{
    env, fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use stage::Stage;
use xtask::{
    Error, bail,
    cluster::{self, Cluster},
};

use crate::{
    build_podwright, image,
    test::{Counts, Suite},
};

/// A check: returns a remark with its numbers, or the reason of its failure.
type Run = fn(&Stage) -> Result<String, Error>;

/// A check's name, which is also its Namespace, and the check.
type Check = (&'static str, Run);

/// Checks of workloads. They leave podwright and the cluster alone and mostly wait, so they run all at once.
const SIDE_BY_SIDE: [Check; 11] = [
    ("downward-values", pods::environment),
    ("downward-files", pods::files),
    ("settings", settings::environment),
    ("last-words", pods::messages),
    ("rolling-update", traffic::rolling_update),
    ("readiness-gate", traffic::readiness_gate),
    ("jobs-complete", workloads::jobs_complete),
    ("controllers", workloads::controllers),
    ("warned-at-apply", workloads::warned_at_apply),
    ("later-container", side_by_side::later_container),
    ("leftovers", leftovers::none_when_killed),
];

/// Checks of podwright itself, one after another in this order. Each leaves podwright as installed.
const ONE_BY_ONE: [Check; 13] = [
    ("rolling-restart", stream::rolling_restart),
    ("killed-replica", stream::killed_replica),
    ("both-gone", life::both_gone),
    ("api-server-restarted", stream::api_server_restarted),
    ("etcd-restarted", stream::etcd_restarted),
    ("secret-deleted", certificates::secret_deleted),
    ("bundle-wiped", certificates::bundle_wiped),
    ("rotations", certificates::rotations),
    ("host-network", life::host_network),
    ("remedies", diagnosis::remedies),
    ("upgraded", life::upgraded),
    ("uninstalled", life::uninstalled),
    ("helm-release", helm::release),
];

const NAME: &str = "e2e";

/// The machine's requirements.
pub(crate) fn needs() -> String {
    format!(
        "Needed: Linux; root that may make namespaces (network, mounts, processes); the Debian packages {}, or an apt-get \
         that can install them; gcc, and Rust's musl target for this processor, which rustup adds.",
        cluster::packages()
    )
}

/// Prepares the machine; the error says why it cannot run the checks.
pub(crate) fn prepare() -> Result<(), Error> {
    cluster::prepare()?;
    if given().is_some() { Ok(()) } else { image::prepare() }
}

/// Builds the slow part of the image, so that [`run`] has it already.
pub(crate) fn build_ahead(root: &Path) -> Result<(), Error> {
    if given().is_some() { Ok(()) } else { image::first_stage(root).map(drop) }
}

/// Runs the checks with one of `filters` in their names, or all.
pub(crate) fn run(root: &Path, filters: &[String]) -> Result<Suite, Error> {
    let [side_by_side, one_by_one] = [&SIDE_BY_SIDE[..], &ONE_BY_ONE[..]].map(|checks| chosen(checks, filters));
    let count = side_by_side.len() + one_by_one.len();
    if count == 0 {
        let names = SIDE_BY_SIDE.iter().chain(&ONE_BY_ONE).map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        bail!("no check has {} in its name: expected one of {names}", filters.join(" "));
    }
    prepare()?;
    let started = Instant::now();
    let mut cluster = start(root)?;
    println!("podwright is installed, after {} in all", seconds(started.elapsed()));
    let mut failed = all_at_once(&cluster, &side_by_side);
    for check in one_by_one {
        cluster.must_run()?;
        failed += usize::from(!passes(&cluster, check));
    }
    cluster.must_run()?;
    let (passed, took) = (count - failed, started.elapsed());
    println!("{passed} of {count} checks hold, in {}", seconds(took));
    Ok(Suite { name: NAME.to_owned(), counts: Some(Counts { passed, failed, took, ..Counts::default() }) })
}

/// Prints an error that ended a run, and returns its suite.
pub(crate) fn broken_off(error: Error) -> Suite {
    eprintln!("{error}");
    Suite { name: NAME.to_owned(), counts: None }
}

/// Returns the number of failed checks.
fn all_at_once(cluster: &Cluster, checks: &[Check]) -> usize {
    thread::scope(|scope| {
        let running: Vec<_> = checks.iter().map(|check| scope.spawn(|| passes(cluster, *check))).collect();
        running.into_iter().map(|check| check.join().unwrap_or(false)).filter(|passes| !passes).count()
    })
}

/// Starts a cluster with the image, and installs podwright.
pub(crate) fn start(root: &Path) -> Result<Cluster, Error> {
    let cluster = start_with_image(root)?;
    match install::install(&cluster) {
        Ok(()) => Ok(cluster),
        Err(error) => bail!("{error}\n{}", install::logs(&cluster)),
    }
}

/// Starts a cluster with the image, under the names that the manifests and the chart have for it.
pub(crate) fn start_with_image(root: &Path) -> Result<Cluster, Error> {
    let archive = image(root)?;
    let started = Instant::now();
    let mut cluster = Cluster::start()?;
    println!("the cluster is ready after {}", seconds(started.elapsed()));
    cluster.import_image(&archive)?;
    install::prepare(&cluster, root, &build_podwright(root)?)?;
    for name in install::images(&cluster)? {
        cluster.tag_image(image::TAG, &name)?;
    }
    Ok(cluster)
}

/// Builds the image, or takes the archive of PODWRIGHT_IMAGE, which saves a release build.
fn image(root: &Path) -> Result<PathBuf, Error> {
    if let Some(given) = given() {
        println!("the image is PODWRIGHT_IMAGE, {}", given.display());
        return Ok(given);
    }
    let archive = image::archive(root);
    let size = image::build(root, &archive)?;
    println!("the image has {}", image::mebibytes(size));
    Ok(archive)
}

fn given() -> Option<PathBuf> {
    env::var_os("PODWRIGHT_IMAGE").map(PathBuf::from)
}

fn passes(cluster: &Cluster, (name, check): Check) -> bool {
    let started = Instant::now();
    let stage = Stage::new(cluster, name);
    let outcome = stage.enter().and_then(|()| check(&stage));
    let took = seconds(started.elapsed());
    match &outcome {
        Ok(remark) => println!("ok      {name} ({took}): {remark}"),
        Err(error) => println!("FAILED  {name} ({took}): {error}\n{}", evidence(&stage)),
    }
    if let Err(error) = stage.leave() {
        println!("        {error}");
    }
    outcome.is_ok()
}

/// The first facts for the analysis of a failure.
fn evidence(stage: &Stage) -> String {
    let ask = |words: &[&str]| stage.kubectl(words).unwrap_or_else(|error| error.to_string());
    let log = fs::read_to_string(stage.cluster.folder().join("kube-apiserver.log")).unwrap_or_default();
    let failed_open: Vec<&str> = log.lines().filter(|line| line.contains("failing open")).collect();
    let parts = [
        ("Pods", ask(&["get", "pods", "-o", "wide"])),
        ("events", ask(&["get", "events", "--sort-by=.lastTimestamp"])),
        ("webhooks that the API server could not call", failed_open.join("\n")),
        ("podwright", install::logs(stage.cluster)),
    ];
    parts.map(|(title, said)| format!("--- {title} ({}):\n{said}", stage.namespace())).join("\n")
}

fn chosen(checks: &[Check], filters: &[String]) -> Vec<Check> {
    let is_chosen = |name: &str| filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()));
    checks.iter().filter(|(name, _)| is_chosen(name)).copied().collect()
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f32())
}
