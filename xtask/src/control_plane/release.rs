//! The Kubernetes versions that the tests run against. Each older one has its own API server; etcd and kubectl are the
//! newest or those of `KUBEBUILDER_ASSETS`, so that the API server is the only difference.
//!
//! To add a version: `cargo xtask pin VERSION`, then a row in [`RELEASES`].

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process,
};

use super::assets::{assets, newest};
use crate::{
    Error, files,
    go::{KUBERNETES, Module},
};

/// A supported Kubernetes version.
#[derive(Debug)]
pub struct Release {
    version: &'static str,
    /// The API server's module; none for the newest, which is built with etcd and kubectl.
    server: Option<Module>,
}

macro_rules! file {
    ($($path:literal),*) => { include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/control-plane/", $($path),*)) };
}
macro_rules! older {
    ($version:literal) => {
        older!($version, "")
    };
    ($version:literal, $link:literal) => {
        Release {
            version: $version,
            server: Some(
                Module {
                    name: "kube-apiserver",
                    content: concat!("kube-apiserver ", $version, ", about 4 minutes"),
                    programs: &["kube-apiserver"],
                    sources: &[
                        ("go.mod", file!($version, "/go.mod")),
                        ("go.sum", file!($version, "/go.sum")),
                        ("cmd/kube-apiserver/main.go", file!("cmd/kube-apiserver/main.go")),
                    ],
                    kubernetes: None,
                    link: $link,
                }
                .of_kubernetes($version),
            ),
        }
    };
}

/// All supported versions, oldest first.
pub static RELEASES: [Release; 8] = [
    // Its dependencies use names of the Go runtime that newer linkers refuse.
    older!("1.30.14", " -checklinkname=0"),
    older!("1.31.14"),
    older!("1.32.13"),
    older!("1.33.13"),
    older!("1.34.4"),
    older!("1.35.4"),
    older!("1.36.3"),
    Release { version: KUBERNETES, server: None },
];

impl Release {
    /// Finds a version of the table by `1.30` or `1.30.14`.
    pub fn find(text: &str) -> Result<&'static Self, Error> {
        let found = RELEASES.iter().find(|release| text == release.version || text == release.minor());
        let all = || RELEASES.each_ref().map(Self::version).join(", ");
        found.ok_or_else(|| Error::new(format!("expected one of {}, or a minor version such as 1.30", all())))
    }

    /// The full version, such as `1.30.14`.
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// The minor version, such as `1.30`.
    pub fn minor(&self) -> &'static str {
        self.version.rsplit_once('.').map_or(self.version, |(minor, _)| minor)
    }

    /// The folder of this API server with etcd and kubectl, for `KUBEBUILDER_ASSETS`; built now if anything is missing.
    pub fn folder(&self, root: &Path) -> Result<PathBuf, Error> {
        let Some(server) = &self.server else { return newest().map(|newest| newest.folder().to_owned()) };
        let given = assets()?;
        let server = server.build()?.join("kube-apiserver");
        let folder = root.join("target/kubernetes").join(self.version);
        files::make(&folder)?;
        for (name, program) in [("etcd", given.etcd), ("kube-apiserver", server), ("kubectl", given.kubectl)] {
            link(&program, &folder.join(name))?;
        }
        Ok(folder)
    }
}

/// Makes a symbolic link, in place of an existing one at once, because other tests may run.
fn link(to: &Path, at: &Path) -> Result<(), Error> {
    let new = at.with_extension(process::id().to_string());
    symlink(to, &new).map_err(Error::at("link", &new))?;
    fs::rename(&new, at).map_err(Error::at("move a link to", at))
}

#[cfg(test)]
mod tests {
    use super::{RELEASES, Release};

    #[test]
    fn a_version_is_found_by_its_minor_or_in_full() {
        let found = |text| Release::find(text).map(Release::version).map_err(|error| error.to_string());
        assert_eq!([found("1.30"), found("1.30.14")], [Ok("1.30.14"), Ok("1.30.14")]);
        for unknown in ["1.29", "1.3", "1.30.1", ""] {
            assert!(found(unknown).is_err_and(|error| error.starts_with("expected one of 1.30.14, ")), "{unknown}");
        }
    }

    /// Without a gap, because the page says "every minor version".
    #[test]
    fn each_minor_version_has_one_release() {
        let minors: Vec<u32> =
            RELEASES.iter().filter_map(|release| release.minor().strip_prefix("1.")?.parse().ok()).collect();
        assert_eq!(minors, (30..30 + 8).collect::<Vec<_>>());
    }

    /// `cargo xtask pin` writes one version; a copied file would build another.
    #[test]
    fn each_module_requires_its_own_version() {
        for release in &RELEASES {
            let Some(server) = &release.server else { continue };
            let required = format!("\tk8s.io/kubernetes v{}\n", release.version);
            let staging = format!("k8s.io/api => k8s.io/api v0.{}\n", &release.version.trim_start_matches("1."));
            let module = server.sources.iter().find(|(path, _)| *path == "go.mod").map_or("", |(_, text)| text);
            assert!(module.contains(&required) && module.contains(&staging), "{}", release.version);
        }
    }
}
