//! The cluster's programs that no distribution has: Kubernetes' own for a node, and a few small ones for tests. They are
//! built apart from the control plane, so that tests without nodes do not wait for them.

use std::path::PathBuf;

use crate::{
    Error,
    control_plane::Assets,
    go::{KUBERNETES, Module, module},
};

const NODE: Module = module!(
    "node",
    "kubelet, kube-proxy, kube-controller-manager and kube-scheduler, about 2 minutes",
    ["go.mod", "go.sum"],
    ["kubelet", "kube-proxy", "kube-controller-manager", "kube-scheduler"]
)
.of_kubernetes(KUBERNETES);
const PROGRAMS: Module = module!(
    "programs",
    "the servers and load generators of the tests, some seconds",
    ["go.mod"],
    ["pause", "web", "load", "creations", "adder", "handshakes"]
);

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
        Ok(Self { control_plane, node: NODE.build()?, programs: PROGRAMS.build()? })
    }

    /// A program of Kubernetes for a node.
    pub(crate) fn node(&self, name: &str) -> PathBuf {
        self.node.join(name)
    }

    /// A program of the tests, linked statically.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }
}
