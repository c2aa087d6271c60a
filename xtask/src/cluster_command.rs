//! `cargo xtask cluster`: a cluster until Ctrl-C. Prints the ways to reach it.

use std::{
    path::Path,
    process::ExitCode,
    thread::sleep,
    time::{Duration, Instant},
};

use clap::ValueEnum;

use crate::e2e;
use xtask::{Error, cluster::Cluster};

const POLL: Duration = Duration::from_secs(1);
/// The next steps in a cluster without podwright.
const STEPS: &str = "\
Then install podwright, in the repository, in one of three ways:
  helm install podwright charts/podwright --namespace podwright-system --create-namespace
  kubectl apply -k manifests
  podwright install | kubectl apply -f -
and opt in a Namespace. workload:e2e is an image on the nodes:
  kubectl rollout status --namespace podwright-system deployment/podwright
  kubectl create namespace shop
  kubectl label namespace shop podwright.dev/profile=default
  kubectl create deployment shop --namespace shop --image=workload:e2e --port=8080 -- web
  kubectl get pods --namespace shop --output yaml";

/// The content of a new cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Content {
    /// podwright's image on each node, for you to install (minutes to build, once)
    Image,
    /// podwright, installed
    Podwright,
    /// Nothing; ready within seconds
    Nothing,
}

pub(crate) fn run(root: &Path, content: Content) -> Result<ExitCode, Error> {
    let started = Instant::now();
    let mut cluster = match content {
        Content::Image => e2e::start_with_image(root)?,
        Content::Podwright => e2e::start(root)?,
        Content::Nothing => Cluster::start()?,
    };
    cluster.write_kubectl_script()?;
    println!("a cluster of two nodes, ready after {:.1} s; Ctrl-C removes it", started.elapsed().as_secs_f32());
    show(&cluster, content);
    loop {
        cluster.must_run()?;
        sleep(POLL);
    }
}

fn show(cluster: &Cluster, content: Content) {
    let folder = cluster.folder().display();
    let [network, inside] = cluster.shell_prefixes();
    println!("  folder:       {folder}");
    println!("  its network:  {network} sh");
    println!("  its nodes:    {inside} sh");
    println!("  logs:         {folder}/*.log");
    let programs = if content == Content::Nothing { "kubectl" } else { "kubectl, helm and podwright" };
    println!("In another shell, as root, this line makes {programs} use the cluster:");
    println!("  export PATH={folder}:$PATH");
    if content == Content::Image {
        println!("{STEPS}");
    }
}
