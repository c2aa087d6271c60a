//! The command lines of a cluster's single servers. All of them run in the cluster's network.

use std::{path::Path, process::Command};

use super::{PATIENCE, binaries::Binaries, namespace::Namespace, node::Place};
use crate::{
    Error,
    control_plane::servers::{add_apiserver_flags, add_audit_flags, add_etcd_flags, add_kubectl_flags, is_ready},
    logged::Logged,
};

const STORE: u16 = 2379;
const API: u16 = 6443;
/// The addresses of all Pods.
const PODS: &str = "10.88.0.0/16";

/// The namespaces, the programs and the folder of the servers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Starter<'a> {
    pub(super) namespace: &'a Namespace,
    pub(super) binaries: &'a Binaries,
    pub(super) folder: &'a Path,
}

pub(super) fn api_url() -> String {
    format!("https://{}:{API}", Place::FIRST.address())
}

impl Starter<'_> {
    pub(super) fn etcd(&self) -> Result<Logged, Error> {
        let mut command = self.namespace.held_in_network(&self.binaries.control_plane.etcd);
        add_etcd_flags(&mut command, self.folder, STORE);
        Logged::start("etcd", command, self.folder)
    }

    pub(super) fn apiserver(&self) -> Result<Logged, Error> {
        let mut command = self.namespace.held_in_network(&self.binaries.control_plane.kube_apiserver);
        add_apiserver_flags(&mut command, self.folder, STORE);
        add_audit_flags(&mut command, self.folder);
        command.arg("--bind-address=0.0.0.0").arg(format!("--secure-port={API}"));
        command.arg(format!("--advertise-address={}", Place::FIRST.address()));
        command.arg("--kubelet-preferred-address-types=InternalIP");
        Logged::start("kube-apiserver", command, self.folder)
    }

    pub(super) fn controller_manager(&self) -> Result<Logged, Error> {
        let certificates = self.folder.join("certs");
        let mut command = self.namespace.held_in_network(self.binaries.node("kube-controller-manager"));
        command.arg("--service-account-private-key-file").arg(certificates.join("apiserver.key"));
        command.arg("--root-ca-file").arg(certificates.join("apiserver.crt"));
        command.args(["--use-service-account-credentials=false", "--leader-elect=false"]);
        command.args(["--kube-api-qps=200", "--kube-api-burst=400"]);
        self.client("kube-controller-manager", command)
    }

    pub(super) fn scheduler(&self) -> Result<Logged, Error> {
        let mut command = self.namespace.held_in_network(self.binaries.node("kube-scheduler"));
        command.arg("--leader-elect=false");
        self.client("kube-scheduler", command)
    }

    /// Starts one proxy for all nodes, because they share the network with its rules.
    pub(super) fn proxy(&self) -> Result<Logged, Error> {
        let mut command = self.namespace.held_inside(self.binaries.node("kube-proxy"));
        command.args(["--proxy-mode=iptables", "--cluster-cidr", PODS, "--hostname-override", Place::FIRST.name()]);
        // A Pod that reaches a Pod of the same bridge through a Service must get its answers back the same way.
        command.arg("--masquerade-all");
        // These settings are the machine's, not a network namespace's.
        command.args(["--conntrack-max-per-core=0", "--conntrack-tcp-timeout-established=0"]);
        command.arg("--conntrack-tcp-timeout-close-wait=0");
        self.client("kube-proxy", command)
    }

    /// Starts a client of the API server.
    pub(super) fn client(&self, name: &str, mut command: Command) -> Result<Logged, Error> {
        command.arg("--kubeconfig").arg(self.folder.join("kubeconfig"));
        Logged::start(name, command, self.folder)
    }

    pub(super) fn kubectl(&self) -> Command {
        let mut kubectl = self.namespace.in_network(&self.binaries.control_plane.kubectl);
        add_kubectl_flags(&mut kubectl, self.folder);
        kubectl
    }

    pub(super) fn wait_for_readyz(&self, apiserver: &mut Logged) -> Result<(), Error> {
        apiserver.wait_for(PATIENCE, |_| is_ready(&mut self.kubectl()).map(Some))
    }
}
