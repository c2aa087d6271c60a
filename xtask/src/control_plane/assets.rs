//! Where etcd, kube-apiserver and kubectl are: in the folder that `KUBEBUILDER_ASSETS` names, else in the user's cache
//! folder, where they are built once. Never looks on `PATH`: a kubectl of any version may be there.

use std::{
    env,
    path::{Path, PathBuf},
};

use super::build;
use crate::Error;

/// The three binaries, by their paths.
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
    /// The folder that all three are in.
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

/// The binaries of the control plane, built now where they are not there yet: about four minutes, once for each user.
pub fn assets() -> Result<Assets, Error> {
    match env::var_os("KUBEBUILDER_ASSETS").filter(|folder| !folder.is_empty()) {
        Some(folder) => given(Path::new(&folder)),
        None => cached(&cache_folder()?),
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

fn cached(cache: &Path) -> Result<Assets, Error> {
    let folder = cache.join(build::version());
    let assets = Assets::inside(&folder);
    if assets.missing().is_some() {
        build::build_once(cache, &folder)?;
    }
    Ok(assets)
}

fn cache_folder() -> Result<PathBuf, Error> {
    let set = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let beside_home = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
    let base = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(beside_home))).ok_or_else(|| {
        Error::new("no folder to keep the control plane in: set HOME or XDG_CACHE_HOME to an absolute path")
    })?;
    Ok(base.join("podwright/control-plane"))
}
