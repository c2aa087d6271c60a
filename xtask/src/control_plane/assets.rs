//! The paths of etcd, kube-apiserver and kubectl: in the folder `KUBEBUILDER_ASSETS`, or in the user's cache folder,
//! where they are built once. `PATH` is not searched, because a kubectl there may have any version.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::{Error, go::Module};

macro_rules! source {
    ($path:literal) => {
        ($path, include_str!(concat!("../../control-plane/", $path)))
    };
}

const MODULE: Module = Module {
    name: "control-plane",
    what: "etcd, kube-apiserver and kubectl, about 4 minutes",
    sources: &[
        source!("go.mod"),
        source!("go.sum"),
        source!("cmd/etcd/main.go"),
        source!("cmd/kube-apiserver/main.go"),
        source!("cmd/kubectl/main.go"),
    ],
};

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

    fn inside(folder: &Path) -> Self {
        let [etcd, kube_apiserver, kubectl] = ["etcd", "kube-apiserver", "kubectl"].map(|name| folder.join(name));
        Self { etcd, kube_apiserver, kubectl }
    }

    fn missing(&self) -> Option<&Path> {
        [&self.etcd, &self.kube_apiserver, &self.kubectl].into_iter().find(|path| !path.is_file()).map(PathBuf::as_path)
    }
}

/// The control plane's binaries, built now if they are missing: about four minutes, once for each user.
pub fn assets() -> Result<Assets, Error> {
    match env::var_os("KUBEBUILDER_ASSETS").filter(|folder| !folder.is_empty()) {
        Some(folder) => given(Path::new(&folder)),
        None => MODULE.build(|folder| Assets::inside(folder).missing().is_none()).map(|folder| Assets::inside(&folder)),
    }
}

fn given(folder: &Path) -> Result<Assets, Error> {
    let assets = Assets::inside(folder);
    match assets.missing() {
        None => Ok(assets),
        Some(path) => Err(Error::new(format!(
            "KUBEBUILDER_ASSETS is {}, but there is no {}: it must hold etcd, kube-apiserver and kubectl; \
             unset it and they are built instead",
            folder.display(),
            path.display()
        ))),
    }
}
