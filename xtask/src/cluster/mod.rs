//! A whole Kubernetes cluster for a test: the control plane with controllers and scheduler, and two nodes that run Pods
//! with a working Pod network and Services.
//!
//! It has namespaces of its own, so the machine's network, mounts and processes stay unchanged, and it ends with this
//! process. There is no DNS, registry or storage: images are imported, and names are addresses.

mod binaries;
mod images;
mod machine;
mod namespace;
mod node;
mod servers;

use std::{
    ffi::OsStr,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub use images::WORKLOAD;
pub use machine::{packages, prepare};

use crate::{
    Error,
    control_plane::servers::{run_kubectl, write_configuration},
    logged::Logged,
    scratch::{Scratch, Watcher, random},
    wait::eventually,
};
use binaries::Binaries;
use namespace::Namespace;
use node::{Node, Place};
use servers::Starter;

/// A start takes six seconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// A running cluster. It ends when this is dropped, and when the process ends.
#[derive(Debug)]
pub struct Cluster {
    // Dropped in this order: first the namespaces with everything in them; then cgroups and folder, which are unused by
    // then.
    namespace: Namespace,
    nodes: Vec<Node>,
    once: [Logged; 3],
    // In a mutex, because tests restart these two while others run.
    apiserver: Mutex<Logged>,
    etcd: Mutex<Logged>,
    binaries: Binaries,
    token: String,
    _cgroups: Watcher,
    scratch: Scratch,
}

impl Cluster {
    /// Starts a cluster after [`prepare`], builds its missing programs, and waits until both nodes are ready.
    pub fn start() -> Result<Self, Error> {
        prepare()?;
        let binaries = Binaries::find()?;
        let scratch = Scratch::new()?;
        // The folder's name, so that one name finds all traces.
        let cgroup = scratch.path().file_name().unwrap_or_default();
        let cgroups = Watcher::start(include_str!("cgroups.sh"), cgroup)?;
        let token = random();
        write_configuration(&scratch, &servers::api_url(), &token)?;
        let namespace = Namespace::new(scratch.path(), cgroup, &Place::ALL.map(Place::bridge))?;

        let starter = Starter { namespace: &namespace, binaries: &binaries, folder: scratch.path() };
        let etcd = starter.etcd()?;
        let mut apiserver = starter.apiserver()?;
        let starting = Place::ALL.into_iter().map(|place| Node::start(starter, place));
        let mut nodes = starting.collect::<Result<Vec<_>, _>>()?;
        // Meanwhile the API server starts.
        for archive in images::make(&binaries, scratch.path())? {
            nodes.iter_mut().try_for_each(|node| node.import(starter, &archive))?;
        }
        starter.wait_for_readyz(&mut apiserver)?;
        nodes.iter_mut().try_for_each(|node| node.join(starter))?;
        let once = [starter.controller_manager()?, starter.scheduler()?, starter.proxy()?];
        let [apiserver, etcd] = [apiserver, etcd].map(Mutex::new);
        let mut started = Self { namespace, nodes, once, apiserver, etcd, binaries, token, _cgroups: cgroups, scratch };
        started.wait_until_ready()?;
        Ok(started)
    }

    /// A kubeconfig file for the cluster's network.
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder().join("kubeconfig")
    }

    /// The folder of all files, with a log for each server. It is removed at the end.
    pub fn folder(&self) -> &Path {
        self.scratch.path()
    }

    /// A `kubectl` command for this cluster.
    pub fn kubectl(&self, arguments: &[&str]) -> Command {
        let mut kubectl = self.starter().kubectl();
        kubectl.args(arguments);
        kubectl
    }

    /// Runs `kubectl` to its end and returns its standard output.
    pub fn run(&self, arguments: &[&str]) -> Result<String, Error> {
        run_kubectl(self.starter().kubectl(), arguments)
    }

    /// A command in the cluster's network.
    pub fn in_network(&self, program: impl AsRef<OsStr>) -> Command {
        self.namespace.in_network(program)
    }

    /// A program of the tests in the cluster's network, for `lifeline::spawn`: `load` (requests to a URL), `creations` (of
    /// Pods), `handshakes` (with a webhook) or `adder` (a webhook).
    pub fn program(&self, name: &str) -> Command {
        self.namespace.held_in_network(self.binaries.program(name))
    }

    /// A program of the tests that calls the API server at `path`, with the rights of an administrator.
    pub fn caller(&self, program: &str, path: &str) -> Command {
        let mut command = self.program(program);
        command.args(["--url", &format!("{}{path}", servers::api_url()), "--token", &self.token]);
        command.arg("--ca-file").arg(self.folder().join("certs/apiserver.crt"));
        command
    }

    /// Shell prefixes for a command in the cluster's network, and in its network, mounts and processes.
    pub fn shell_prefixes(&self) -> [String; 2] {
        [self.namespace.shell_prefix(&["net"]), self.namespace.shell_prefix(&["net", "mount", "pid"])]
    }

    /// Writes a script `kubectl` and returns its path.
    pub fn write_kubectl_script(&self) -> Result<PathBuf, Error> {
        self.write_script("kubectl", &self.binaries.control_plane.kubectl)
    }

    /// Writes a script that runs a program in the cluster's network, because the API server has no other address. It has the
    /// cluster's kubeconfig, and writes nothing to the user's home.
    pub fn write_script(&self, name: &str, program: &Path) -> Result<PathBuf, Error> {
        let [network, _] = self.shell_prefixes();
        let (folder, program) = (self.folder().display(), program.display());
        let homes =
            ["CACHE", "CONFIG", "DATA"].map(|kind| format!("HELM_{kind}_HOME='{folder}/helm-home/{kind}'")).join(" ");
        let own = format!("KUBECONFIG='{folder}/kubeconfig' KUBECACHEDIR='{folder}/kubectl-cache' {homes}");
        let script = format!("#!/bin/sh\nexec env {own} {network} '{program}' \"$@\"\n");
        let path = self.scratch.write(name, &script)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).map_err(Error::at("make executable", &path))?;
        Ok(path)
    }

    /// Imports a docker-archive on every node, under the names in it.
    pub fn import_image(&mut self, archive: &Path) -> Result<(), Error> {
        let starter = Starter { namespace: &self.namespace, binaries: &self.binaries, folder: self.scratch.path() };
        self.nodes.iter_mut().try_for_each(|node| node.import(starter, archive))
    }

    /// Gives an imported image another name on every node. Names are as in a Pod, such as `podwright:0.1.0`.
    pub fn tag_image(&self, image: &str, name: &str) -> Result<(), Error> {
        let [image, name] = [image, name].map(images::full_name);
        self.nodes.iter().try_for_each(|node| node.tag(self.starter(), [&image, &name]))
    }

    /// Kills the API server, starts another on the same store, and waits until it is ready.
    pub fn restart_apiserver(&self) -> Result<(), Error> {
        self.restart(&self.apiserver, |starter| starter.apiserver())
    }

    /// Kills etcd, starts another on the same data, and waits until the API server is ready with it.
    pub fn restart_etcd(&self) -> Result<(), Error> {
        self.restart(&self.etcd, |starter| starter.etcd())
    }

    fn restart(&self, server: &Mutex<Logged>, start: fn(&Starter<'_>) -> Result<Logged, Error>) -> Result<(), Error> {
        let mut running = locked(server);
        running.held.signal("KILL")?;
        running.held.wait(Duration::from_secs(10))?;
        *running = start(&self.starter())?;
        drop(running);
        self.starter().wait_for_readyz(&mut locked(&self.apiserver))
    }

    /// Fails if any of the servers has ended.
    pub fn must_run(&mut self) -> Result<(), Error> {
        locked(&self.etcd).must_run()?;
        locked(&self.apiserver).must_run()?;
        self.once.iter_mut().try_for_each(Logged::must_run)?;
        self.nodes.iter_mut().try_for_each(Node::must_run)
    }

    fn starter(&self) -> Starter<'_> {
        Starter { namespace: &self.namespace, binaries: &self.binaries, folder: self.scratch.path() }
    }

    /// Pods need ready nodes, and the default ServiceAccount.
    fn wait_until_ready(&mut self) -> Result<(), Error> {
        const READY: &str = r#"jsonpath={range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{","}{end}"#;
        let all = "True,".repeat(Place::ALL.len());
        let mut ended = Ok(());
        let waited = eventually(PATIENCE, "the nodes were not ready", || {
            ended = self.must_run();
            if ended.is_err() {
                return Ok(true);
            }
            let nodes = self.run(&["get", "nodes", "-o", READY])?;
            Ok(nodes == all && self.run(&["get", "serviceaccount", "default", "-n", "default"]).is_ok())
        });
        let nodes = || self.run(&["describe", "nodes"]).unwrap_or_default();
        waited.map_err(|error| Error::new(format!("{error}\n{}", nodes())))?;
        ended
    }
}

/// A poisoned mutex does not matter: the test that panicked fails anyway.
fn locked(server: &Mutex<Logged>) -> MutexGuard<'_, Logged> {
    server.lock().unwrap_or_else(PoisonError::into_inner)
}
