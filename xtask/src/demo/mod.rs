//! `cargo xtask demo`: podwright's changes to the examples, as `kubectl apply --dry-run=server` shows them.
//!
//! Compares a real API server's result without and with podwright, so that the API server's own defaults are on both
//! sides. Stores nothing but the webhook.

mod difference;
mod dry_run;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    thread::sleep,
    time::{Duration, Instant},
};

use dry_run::{DryRun, dry_run};
use xtask::{Error, bail, control_plane::ControlPlane, ensure, process, scratch::Scratch, webhook::Webhook};

/// A new configuration takes effect after about a second; a busy machine takes longer.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(200);
const CANARY: &str = include_str!("canary.yaml");
/// Only podwright adds this to the canary. (Its `fieldPath` would not do: the token volume has a similar one.)
const CANARY_FITTED: &str = "- name: POD_NAME\n";

/// Shows `files`, or all of `examples/` if there are none.
pub(crate) fn run(root: &Path, files: Vec<PathBuf>) -> Result<ExitCode, Error> {
    let files = if files.is_empty() { examples(&root.join("examples"))? } else { files };
    let podwright = build(root)?;
    let cluster = ControlPlane::start()?;
    let scratch = Scratch::new()?;

    let without: Vec<DryRun> = files.iter().map(|file| dry_run(&cluster, file)).collect::<Result<_, _>>()?;
    let webhook = Webhook::start(&podwright, scratch.path())?;
    install(&podwright, &webhook, &cluster)?;
    wait_until_in_force(&cluster, &scratch, &webhook)?;

    println!("each file as the API server stores it: without podwright (-) and with podwright (+)");
    for (file, without) in files.iter().zip(&without) {
        let with = dry_run(&cluster, file)?;
        println!("\n== kubectl apply --dry-run=server -f {}", file.strip_prefix(root).unwrap_or(file).display());
        difference::show(without, &with, &scratch)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The Pods among the examples; podwright's own configuration cannot be applied.
fn examples(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(folder).map_err(Error::at("list", folder))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    files.retain(|path| !path.ends_with("configuration.yaml"));
    files.sort();
    ensure!(!files.is_empty(), "there is no .yaml file in {} to show", folder.display());
    Ok(files)
}

/// Builds `podwright` in this program's own profile; cargo puts it beside this program.
pub(crate) fn build(root: &Path) -> Result<PathBuf, Error> {
    let this = env::current_exe().map_err(|reason| Error::new(format!("cannot find this program: {reason}")))?;
    let folder = this.parent().unwrap_or(root);
    let release = folder.ends_with("release").then_some("--release");
    let options = ["--quiet", "--locked", "--package", "podwright", "--bin", "podwright"];
    process::run(process::cargo(root, "build").args(options).args(release))?;
    Ok(folder.join("podwright"))
}

/// `podwright install … | kubectl apply -f -`
fn install(podwright: &Path, webhook: &Webhook, cluster: &ControlPlane) -> Result<(), Error> {
    let mut install = Command::new(podwright);
    install.args(["install", "--webhook-url", webhook.url(), "--ca-file"]).arg(webhook.ca_file());
    let manifests = process::read(&mut install)?;
    process::finish("kubectl apply", &mut cluster.kubectl(&["apply", "-f", "-"]), &manifests).map(drop)
}

fn wait_until_in_force(cluster: &ControlPlane, scratch: &Scratch, webhook: &Webhook) -> Result<(), Error> {
    let canary = scratch.write("canary.yaml", CANARY)?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        let last = dry_run(cluster, &canary)?;
        if last.object.as_ref().is_some_and(|object| object.contains(CANARY_FITTED)) {
            return Ok(());
        }
        if Instant::now() > deadline {
            let wait = PATIENCE.as_secs();
            let (said, log) = (last.said, webhook.log());
            bail!(
                "an annotated Pod still comes out as it went in {wait} s after `podwright install`; \
                 kubectl said: {said}\npodwright's log:\n{log}"
            );
        }
        sleep(POLL);
    }
}
