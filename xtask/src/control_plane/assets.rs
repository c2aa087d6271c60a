//! The paths of etcd, kube-apiserver and kubectl: in the folder `KUBEBUILDER_ASSETS`, or in the user's cache folder,
//! where they are built once. `PATH` is not searched, because a kubectl there may have any version.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::{
    Error, bail,
    go::{KUBERNETES, Module, module},
};

const MODULE: Module = module!(
    "control-plane",
    "etcd, kube-apiserver and kubectl, about 4 minutes",
    ["go.mod", "go.sum"],
    ["etcd", "kube-apiserver", "kubectl"]
)
.of_kubernetes(KUBERNETES);

/// The paths of the three binaries.
#[derive(Debug, Clone)]
pub struct Assets {
    /// The store.
    pub etcd: PathBuf,
    /// The API server.
    pub kube_apiserver: PathBuf,
    /// The client.
    pub kubectl: PathBuf,
}

impl Assets {
    fn of(folder: &Path) -> Self {
        let [etcd, kube_apiserver, kubectl] = ["etcd", "kube-apiserver", "kubectl"].map(|program| folder.join(program));
        Self { etcd, kube_apiserver, kubectl }
    }

    /// The folder of all three.
    pub fn folder(&self) -> &Path {
        self.etcd.parent().unwrap_or(&self.etcd)
    }
}

/// The control plane's binaries: those of `KUBEBUILDER_ASSETS`, or the newest.
pub fn assets() -> Result<Assets, Error> {
    let Some(given) = env::var_os("KUBEBUILDER_ASSETS").filter(|folder| !folder.is_empty()) else { return newest() };
    let assets = Assets::of(Path::new(&given));
    let missing = [&assets.etcd, &assets.kube_apiserver, &assets.kubectl].into_iter().find(|path| !path.is_file());
    if let Some(missing) = missing {
        bail!(
            "KUBEBUILDER_ASSETS is {}, but there is no {}: expected a folder with etcd, kube-apiserver and kubectl; \
             unset it to build them",
            given.display(),
            missing.display()
        );
    }
    Ok(assets)
}

/// The newest control plane's binaries, built now if they are missing: about four minutes, once for each user.
pub(super) fn newest() -> Result<Assets, Error> {
    MODULE.build().map(|folder| Assets::of(&folder))
}
