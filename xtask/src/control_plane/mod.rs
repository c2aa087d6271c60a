//! A real Kubernetes control plane for a test: etcd and kube-apiserver on free ports of the loopback interface.
//!
//! Any number of them can run side by side, each in a [`Scratch`] folder; all end with this process. Without scheduler,
//! controller manager and kubelet, Pods are admitted and stored but never run.

mod assets;
mod pin;
mod release;
pub(crate) mod servers;

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

pub use assets::{Assets, assets};
pub use pin::pin;
pub use release::{RELEASES, Release};
use servers::Variant;

use crate::{Error, ensure, logged::Logged, scratch::Scratch};

/// A start takes three seconds on an idle machine; this is for a busy one that starts several.
const PATIENCE: Duration = Duration::from_secs(120);
/// Another process may take a free port in the meantime; then this tries others.
const TRIES: usize = 5;

/// A running API server and its etcd. Both end when this is dropped, and when the process ends.
#[derive(Debug)]
pub struct ControlPlane {
    // Dropped in this order: the API server before its store, both before their folder.
    apiserver: Logged,
    etcd: Logged,
    assets: Assets,
    url: String,
    token: String,
    scratch: Scratch,
}

impl ControlPlane {
    /// Starts a control plane from [`assets`] and waits until it is ready.
    pub fn start() -> Result<Self, Error> {
        Self::start_with(&assets()?)
    }

    /// Starts a control plane without the audit log, because writing that takes longer than a webhook.
    pub fn start_without_audit() -> Result<Self, Error> {
        Self::start_as(&assets()?, Variant { audit: false, flags: &[] })
    }

    /// Starts a control plane with more flags for the API server.
    pub fn start_with_flags(flags: &[String]) -> Result<Self, Error> {
        Self::start_as(&assets()?, Variant { audit: true, flags })
    }

    /// Starts a control plane with the given binaries.
    pub fn start_with(assets: &Assets) -> Result<Self, Error> {
        Self::start_as(assets, Variant { audit: true, flags: &[] })
    }

    fn start_as(assets: &Assets, variant: Variant<'_>) -> Result<Self, Error> {
        let mut tries = 1..TRIES;
        loop {
            match Self::try_start(assets, variant) {
                Err(error) if error.to_string().contains("address already in use") && tries.next().is_some() => {}
                outcome => return outcome,
            }
        }
    }

    /// The API server's address, `https://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A bearer token of a member of `system:masters`, who may do everything.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The PEM file with the certificate authority of [`ControlPlane::url`].
    pub fn ca_file(&self) -> PathBuf {
        self.scratch.path().join("certs/apiserver.crt")
    }

    /// A kubeconfig file for this control plane.
    pub fn kubeconfig(&self) -> PathBuf {
        self.scratch.path().join("kubeconfig")
    }

    /// The audit log: one JSON `audit.k8s.io/v1` Event per line for each answered request. Pods have request bodies and
    /// webhooks' patches; other requests have metadata only.
    pub fn audit_log(&self) -> PathBuf {
        self.scratch.path().join("audit.log")
    }

    /// The API server's log so far, with the reasons of failed webhook calls.
    pub fn apiserver_log(&self) -> String {
        self.apiserver.log()
    }

    /// A `kubectl` command for this control plane. Its cache is in the scratch folder, not in the user's home.
    pub fn kubectl(&self, arguments: &[&str]) -> Command {
        let mut kubectl = Command::new(&self.assets.kubectl);
        servers::add_kubectl_flags(&mut kubectl, self.folder()).args(arguments);
        kubectl
    }

    /// Makes a namespace and its `default` ServiceAccount, without which the API server refuses Pods. A controller
    /// usually makes it. (The namespace `default` has one from the start.)
    pub fn create_namespace(&self, name: &str) -> Result<(), Error> {
        self.run(&["create", "namespace", name])?;
        self.run(&["create", "serviceaccount", "default", "--namespace", name])?;
        Ok(())
    }

    /// Runs `kubectl` to its end and returns its standard output.
    pub fn run(&self, arguments: &[&str]) -> Result<String, Error> {
        servers::run_kubectl(self.kubectl(&[]), arguments)
    }

    /// The process ids of etcd and kube-apiserver.
    pub fn pids(&self) -> [u32; 2] {
        [self.etcd.held.pid(), self.apiserver.held.pid()]
    }

    /// The folder of all files, removed at the end.
    pub fn folder(&self) -> &Path {
        self.scratch.path()
    }

    fn try_start(assets: &Assets, variant: Variant<'_>) -> Result<Self, Error> {
        let scratch = Scratch::new()?;
        let [store, api] = servers::free_ports()?;
        let (url, token) = (format!("https://127.0.0.1:{api}"), crate::scratch::random());
        servers::write_configuration(&scratch, &url, &token)?;
        let etcd = servers::etcd(assets, scratch.path(), store)?;
        let apiserver = servers::apiserver(assets, scratch.path(), (store, api), variant)?;
        let mut started = Self { apiserver, etcd, assets: assets.clone(), url, token, scratch };
        started.wait_until_ready(api)?;
        started.run(&["create", "serviceaccount", "default", "--namespace", "default"])?;
        Ok(started)
    }

    fn wait_until_ready(&mut self, port: u16) -> Result<(), Error> {
        let (kubectl, folder) = (&self.assets.kubectl, self.scratch.path());
        let ready = self.apiserver.wait_for(PATIENCE, |_| {
            if let Err(ended) = self.etcd.must_run() {
                return Ok(Some(Err(ended)));
            }
            ensure!(servers::listens(port), "nothing listens yet");
            // Another control plane on that port would refuse the token, so an answer comes from this one.
            servers::is_ready(servers::add_kubectl_flags(&mut Command::new(kubectl), folder))?;
            Ok(Some(Ok(())))
        });
        ready?
    }
}
