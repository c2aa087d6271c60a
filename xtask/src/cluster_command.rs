//! `cargo xtask cluster`: a cluster until Ctrl-C. Prints the ways to reach it.

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

pub(crate) fn run(root: &Path, with_podwright: bool) -> Result<ExitCode, Error> {
    let started = Instant::now();
    let mut cluster = if with_podwright { e2e::start(root)? } else { Cluster::start()? };
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

/// Writes a script that enters the cluster's network and runs kubectl, because the API server has no other address.
pub(crate) fn write_wrapper(cluster: &Cluster) -> Result<PathBuf, Error> {
    let [network, _] = cluster.shell_prefixes();
    let (program, config) = (cluster.kubectl_program().display(), cluster.kubeconfig());
    let script = format!("#!/bin/sh\nexec {network} '{program}' --kubeconfig '{}' \"$@\"\n", config.display());
    let path = cluster.folder().join("kubectl");
    fs::write(&path, script).map_err(Error::at("write", &path))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).map_err(Error::at("make executable", &path))?;
    Ok(path)
}
