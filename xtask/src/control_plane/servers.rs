//! The command lines of etcd and kube-apiserver, and their files.

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::Command,
};

use super::Assets;
use crate::{Error, lifeline, logged::Logged, process, scratch::Scratch};

/// The addresses of Services.
pub(crate) const SERVICES: &str = "10.96.0.0/16";

pub(super) fn etcd(assets: &Assets, folder: &Path, port: u16) -> Result<Logged, Error> {
    let mut command = lifeline::command_without_grace(&assets.etcd);
    add_etcd_flags(&mut command, folder, port);
    Logged::start("etcd", command, folder)
}

/// Adds the flags of every etcd.
pub(crate) fn add_etcd_flags(command: &mut Command, folder: &Path, port: u16) {
    let url = format!("http://127.0.0.1:{port}");
    command.arg("--data-dir").arg(folder.join("etcd")).arg("--unsafe-no-fsync");
    command.args(["--listen-client-urls", &url, "--advertise-client-urls", &url]);
    // There are no peers: port 0 is any free port, and the advertised address does not matter.
    command.args(["--listen-peer-urls", "http://127.0.0.1:0", "--initial-advertise-peer-urls", &url]);
    command.arg("--initial-cluster").arg(format!("default={url}"));
}

/// The variant of a test's API server.
#[derive(Clone, Copy)]
pub(super) struct Variant<'a> {
    pub(super) audit: bool,
    pub(super) flags: &'a [String],
}

pub(super) fn apiserver(
    assets: &Assets,
    folder: &Path,
    (store, port): (u16, u16),
    variant: Variant<'_>,
) -> Result<Logged, Error> {
    let mut command = lifeline::command_without_grace(&assets.kube_apiserver);
    add_apiserver_flags(&mut command, folder, store);
    if variant.audit {
        add_audit_flags(&mut command, folder);
    }
    command.args(variant.flags);
    command.arg("--bind-address=127.0.0.1").arg(format!("--secure-port={port}"));
    Logged::start("kube-apiserver", command, folder)
}

/// Turns on the audit log of `audit-policy.yaml`.
pub(crate) fn add_audit_flags(command: &mut Command, folder: &Path) {
    command.arg("--audit-policy-file").arg(folder.join("audit-policy.yaml"));
    command.arg("--audit-log-path").arg(folder.join("audit.log")).arg("--audit-log-mode=blocking");
}

/// Adds the flags of every API server, except its address.
pub(crate) fn add_apiserver_flags(command: &mut Command, folder: &Path, store: u16) {
    command.arg(format!("--etcd-servers=http://127.0.0.1:{store}"));
    command.args(["--authorization-mode=RBAC,Node", "--allow-privileged=true"]);
    command.arg(format!("--service-cluster-ip-range={SERVICES}"));
    command.arg("--cert-dir").arg(folder.join("certs"));
    command.arg("--token-auth-file").arg(folder.join("tokens.csv"));
    // The key of the server's own certificate also signs ServiceAccounts' tokens, so no other key is needed.
    let key = folder.join("certs/apiserver.key");
    command.arg("--service-account-key-file").arg(&key).arg("--service-account-signing-key-file").arg(&key);
    command.arg("--service-account-issuer=https://kubernetes.default.svc");
}

/// Writes the files of the two servers and kubectl.
pub(crate) fn write_configuration(scratch: &Scratch, url: &str, token: &str) -> Result<(), Error> {
    scratch.write("tokens.csv", &format!("{token},admin,1,\"system:masters\"\n"))?;
    scratch.write("audit-policy.yaml", include_str!("audit-policy.yaml"))?;
    let authority = scratch.path().join("certs/apiserver.crt");
    let kubeconfig = include_str!("kubeconfig.yaml").replace("URL", url).replace("TOKEN", token);
    scratch.write("kubeconfig", &kubeconfig.replace("AUTHORITY", &authority.display().to_string()))?;
    Ok(())
}

/// Adds the flags of every kubectl. Its cache goes to `folder`, not to the user's home.
pub(crate) fn add_kubectl_flags<'c>(kubectl: &'c mut Command, folder: &Path) -> &'c mut Command {
    kubectl.arg("--kubeconfig").arg(folder.join("kubeconfig")).env_remove("KUBECONFIG");
    kubectl.env("HOME", folder).env("KUBECACHEDIR", folder.join("kubectl-cache"))
}

/// Runs kubectl to its end and returns its standard output.
pub(crate) fn run_kubectl(mut kubectl: Command, arguments: &[&str]) -> Result<String, Error> {
    process::read_as(&format!("kubectl {}", arguments.join(" ")), kubectl.args(arguments))
}

/// Fails unless the API server is ready.
pub(crate) fn is_ready(kubectl: &mut Command) -> Result<(), Error> {
    process::read_as("kubectl get /readyz", kubectl.args(["get", "--raw=/readyz", "--request-timeout=10s"])).map(drop)
}

/// Finds two ports that are free now.
pub(super) fn free_ports() -> Result<[u16; 2], Error> {
    let refused = |reason| Error::new(format!("no free port on 127.0.0.1: {reason}"));
    // Both stay open until both are known, so that they differ.
    let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(refused);
    let (one, other) = (bind()?, bind()?);
    let port = |listener: &TcpListener| listener.local_addr().map(|address| address.port()).map_err(refused);
    Ok([port(&one)?, port(&other)?])
}

pub(super) fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
