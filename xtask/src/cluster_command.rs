//! `cargo xtask cluster`: a cluster until Ctrl-C. Prints the ways to reach it.

use std::{
    path::Path,
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
    let kubectl = cluster.write_kubectl_script()?;
    let [network, inside] = cluster.shell_prefixes();
    println!("a cluster of two nodes, ready after {:.1} s; Ctrl-C removes it", started.elapsed().as_secs_f32());
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
