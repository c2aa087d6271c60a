//! The cluster's programs that no distribution has: Kubernetes' own for a node, and a few small ones for tests. They
//! are built apart from the control plane, so that tests without nodes do not wait for them.

use std::path::{Path, PathBuf};

use crate::{Error, control_plane::Assets, go::Module};

macro_rules! source {
    ($folder:literal, $path:literal) => {
        ($path, include_str!(concat!("../../", $folder, "/", $path)))
    };
}

const NODE: Module = Module {
    name: "node",
    what: "kubelet, kube-proxy, kube-controller-manager and kube-scheduler, about 2 minutes",
    sources: &[
        source!("node", "go.mod"),
        source!("node", "go.sum"),
        source!("node", "cmd/kubelet/main.go"),
        source!("node", "cmd/kube-proxy/main.go"),
        source!("node", "cmd/kube-controller-manager/main.go"),
        source!("node", "cmd/kube-scheduler/main.go"),
    ],
};
const NODE_PROGRAMS: [&str; 4] = ["kubelet", "kube-proxy", "kube-controller-manager", "kube-scheduler"];

const PROGRAMS: Module = Module {
    name: "programs",
    what: "the servers and load generators of the tests, some seconds",
    sources: &[
        source!("programs", "go.mod"),
        source!("programs", "cmd/pause/main.go"),
        source!("programs", "cmd/web/main.go"),
        source!("programs", "cmd/load/main.go"),
        source!("programs", "cmd/creations/main.go"),
        source!("programs", "cmd/adder/main.go"),
        source!("programs", "cmd/handshakes/main.go"),
    ],
};
const OWN_PROGRAMS: [&str; 6] = ["pause", "web", "load", "creations", "adder", "handshakes"];

#[derive(Debug, Clone)]
pub(crate) struct Binaries {
    pub(crate) control_plane: Assets,
    node: PathBuf,
    programs: PathBuf,
}

impl Binaries {
    /// Builds the missing ones.
    pub(crate) fn find() -> Result<Self, Error> {
        let control_plane = crate::control_plane::assets()?;
        let node = NODE.build(|folder| has_all(folder, &NODE_PROGRAMS))?;
        let programs = PROGRAMS.build(|folder| has_all(folder, &OWN_PROGRAMS))?;
        Ok(Self { control_plane, node, programs })
    }

    /// One of Kubernetes' programs for a node.
    pub(crate) fn node(&self, name: &str) -> PathBuf {
        self.node.join(name)
    }

    /// One of the tests' own programs, linked statically.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }
}

fn has_all(folder: &Path, names: &[&str]) -> bool {
    names.iter().all(|name| folder.join(name).is_file())
}
