//! The machine's requirements for a cluster: Linux, root with namespaces of its own, and a few Debian packages, which
//! `apt-get` installs if they are missing.

use std::{
    env,
    path::Path,
    process::{Command, Stdio},
};

use crate::{Error, ensure, go::say, process::read};

/// A package, and a file or a program in it.
const PACKAGES: [(&str, &str); 8] = [
    ("containerd", "containerd"),
    ("runc", "runc"),
    ("containernetworking-plugins", "/usr/lib/cni/bridge"),
    ("iptables", "iptables"),
    ("iproute2", "ip"),
    ("conntrack", "conntrack"),
    ("busybox-static", "busybox"),
    ("buildah", "buildah"),
];

/// Prepares the machine; the error says why it cannot hold a cluster.
pub fn prepare() -> Result<(), Error> {
    ensure!(cfg!(target_os = "linux"), "a Kubernetes node needs Linux, not this system");
    ensure!(is_root(), "a Kubernetes node needs root (namespaces, mounts, cgroups); run it as root");
    can_unshare()?;
    let missing = missing();
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

/// The Debian packages that a cluster needs.
pub fn packages() -> String {
    PACKAGES.map(|(package, _)| package).join(" ")
}

fn is_root() -> bool {
    read(Command::new("id").arg("-u")).is_ok_and(|id| id == "0\n")
}

/// Root in a container with few rights cannot unshare.
fn can_unshare() -> Result<(), Error> {
    let mut unshare = Command::new("unshare");
    unshare.args(["--net", "--mount", "--pid", "--fork", "--mount-proc", "true"]);
    let failed =
        |error| Error::new(format!("a Kubernetes node needs namespaces of its own (Debian: util-linux): {error}"));
    read(&mut unshare).map(drop).map_err(failed)
}

fn missing() -> Vec<&'static str> {
    PACKAGES.into_iter().filter(|(_, witness)| !is_there(witness)).map(|(package, _)| package).collect()
}

fn is_there(witness: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    if witness.starts_with('/') {
        Path::new(witness).exists()
    } else {
        folders.into_iter().any(|folder| folder.join(witness).is_file())
    }
}

fn install(packages: &[&str]) -> Result<(), Error> {
    let list = packages.join(" ");
    say("cluster", &format!("installing {list}"));
    // The package lists may be old or absent, so a failure fetches them once.
    let install = || apt_get(&["install"], packages);
    let installed = install() || (apt_get(&["update"], &[]) && install());
    ensure!(
        installed && missing().is_empty(),
        "a Kubernetes node needs the Debian packages {list}, which apt-get cannot install here; try: apt-get install {list}"
    );
    Ok(())
}

fn apt_get(command: &[&str], packages: &[&str]) -> bool {
    let mut apt = Command::new("apt-get");
    apt.args(["--quiet=2", "--yes", "--no-install-recommends"]).args(command).args(packages);
    apt.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()).stdout(Stdio::null());
    apt.status().is_ok_and(|status| status.success())
}
