//! `cargo xtask cluster`: a cluster to play with, until Ctrl-C. It says how to reach it; nothing is left when it ends.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::e2e;
use xtask::{Error, cluster::Cluster};

const POLL: Duration = Duration::from_secs(1);

/// Starts one, with podwright in it where `arguments` say so, and stays until it is ended or a server of the cluster ends.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<ExitCode, Error> {
    let started = Instant::now();
    let mut cluster = match arguments {
        [] => Cluster::start()?,
        [with] if with == "podwright" => e2e::start(root)?,
        _ => return Err(Error::new("usage: cargo xtask cluster [podwright]")),
    };
    let kubectl = write_wrapper(&cluster)?;
    let [network, inside] = cluster.shell_prefixes();
    println!(
        "a cluster of two nodes, ready after {:.1} s; Ctrl-C ends it and leaves nothing",
        started.elapsed().as_secs_f32()
    );
    println!("  kubectl:      {}", kubectl.display());
    println!("  KUBECONFIG:   {} (in the cluster's network)", cluster.kubeconfig().display());
    println!("  its network:  {network} sh");
    println!("  its nodes:    {inside} sh");
    println!("  logs:         {}/*.log", cluster.folder().display());
    loop {
        cluster.must_run()?;
        sleep(POLL);
    }
}

/// The API server has an address in the cluster's own network alone: a script enters that and becomes kubectl.
pub(crate) fn write_wrapper(cluster: &Cluster) -> Result<PathBuf, Error> {
    let [network, _] = cluster.shell_prefixes();
    let (program, config) = (cluster.kubectl_program().display(), cluster.kubeconfig());
    let script = format!("#!/bin/sh\nexec {network} '{program}' --kubeconfig '{}' \"$@\"\n", config.display());
    let path = cluster.folder().join("kubectl");
    fs::write(&path, script).map_err(Error::at("write", &path))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).map_err(Error::at("make executable", &path))?;
    Ok(path)
}
