//! The paths of etcd, kube-apiserver and kubectl: in the folder `KUBEBUILDER_ASSETS`, or in the user's cache folder,
//! where they are built once. `PATH` is not searched, because a kubectl there may have any version.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::{
    Error, bail,
    go::{Module, module},
};

const MODULE: Module = module!(
    "control-plane",
    "etcd, kube-apiserver and kubectl, about 4 minutes",
    ["go.mod", "go.sum"],
    ["etcd", "kube-apiserver", "kubectl"]
);

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
    /// The folder of all three.
    pub fn folder(&self) -> &Path {
        self.etcd.parent().unwrap_or(&self.etcd)
    }
}

/// The control plane's binaries, built now if they are missing: about four minutes, once for each user.
pub fn assets() -> Result<Assets, Error> {
    let given = env::var_os("KUBEBUILDER_ASSETS").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let folder = given.clone().map_or_else(|| MODULE.build(), Ok)?;
    let paths = ["etcd", "kube-apiserver", "kubectl"].map(|name| folder.join(name));
    if let (Some(given), Some(missing)) = (given, paths.iter().find(|path| !path.is_file())) {
        bail!(
            "KUBEBUILDER_ASSETS is {}, but there is no {}: expected a folder with etcd, kube-apiserver and kubectl; \
             unset it to build them",
            given.display(),
            missing.display()
        );
    }
    let [etcd, kube_apiserver, kubectl] = paths;
    Ok(Assets { etcd, kube_apiserver, kubectl })
}
