//! The cluster's images, which need no registry: the pause image, and one for tests' workloads, as docker-archives of
//! programs on this machine.

use std::{
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use super::binaries::Binaries;
use crate::{Error, files, process::read};

pub(super) const PAUSE: &str = "docker.io/library/pause:e2e";

/// The image of tests' workloads: busybox with all its applets, `load` (requests to a URL; busybox' static `wget`
/// crashes), and `web`, a small HTTP server (`web --port --delay --version`) that closes its port at once on SIGTERM.
pub const WORKLOAD: &str = "workload:e2e";

/// The name with a registry, as a kubelet completes it.
pub(super) fn full_name(image: &str) -> String {
    match image.split_once('/') {
        Some((registry, _)) if registry.contains(['.', ':']) => image.to_owned(),
        Some(_) => format!("docker.io/{image}"),
        None => format!("docker.io/library/{image}"),
    }
}

/// Makes the archives of both in `folder`.
pub(super) fn make(binaries: &Binaries, folder: &Path) -> Result<[PathBuf; 2], Error> {
    let pause = Layer::new(folder.join("pause"))?;
    pause.copy(&binaries.program("pause"), "pause")?;
    let workload = Layer::new(folder.join("workload"))?;
    for program in ["web", "load"] {
        workload.copy(&binaries.program(program), &format!("bin/{program}"))?;
    }
    workload.busybox()?;
    Ok([pause.archive(PAUSE, "/pause")?, workload.archive(WORKLOAD, "/bin/sh")?])
}

/// A folder that becomes the only layer of an image.
struct Layer {
    folder: PathBuf,
}

impl Layer {
    fn new(folder: PathBuf) -> Result<Self, Error> {
        for part in ["root/bin", "root/tmp"] {
            let path = folder.join(part);
            files::make(&path)?;
        }
        Ok(Self { folder })
    }

    fn root(&self) -> PathBuf {
        self.folder.join("root")
    }

    fn copy(&self, program: &Path, to: &str) -> Result<(), Error> {
        files::copy(program, &self.root().join(to))
    }

    fn busybox(&self) -> Result<(), Error> {
        let found = read(Command::new("sh").args(["-c", "command -v busybox"]))?;
        self.copy(Path::new(found.trim()), "bin/busybox")?;
        for applet in read(Command::new("busybox").arg("--list"))?.lines().filter(|applet| *applet != "busybox") {
            let path = self.root().join("bin").join(applet);
            symlink("busybox", &path).map_err(Error::at("link", &path))?;
        }
        Ok(())
    }

    /// Packs a docker-archive: a tar of a manifest, a configuration and the layer, which is also a tar.
    fn archive(&self, tag: &str, entrypoint: &str) -> Result<PathBuf, Error> {
        let [layer, archive] = ["layer.tar", "image.tar"].map(|name| self.folder.join(name));
        tar(&layer, &self.root(), &["."])?;
        let said = read(Command::new("sha256sum").arg(&layer))?;
        let digest = said.split_whitespace().next().unwrap_or_default();
        let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
        let config = format!(
            r#"{{"architecture":"{architecture}","os":"linux",
            "config":{{"Env":["PATH=/bin"],"Entrypoint":["{entrypoint}"]}},
            "rootfs":{{"type":"layers","diff_ids":["sha256:{digest}"]}}}}"#
        );
        let manifest = format!(r#"[{{"Config":"config.json","RepoTags":["{tag}"],"Layers":["layer.tar"]}}]"#);
        files::write(&self.folder.join("config.json"), config)?;
        files::write(&self.folder.join("manifest.json"), manifest)?;
        tar(&archive, &self.folder, &["manifest.json", "config.json", "layer.tar"])?;
        Ok(archive)
    }
}

fn tar(archive: &Path, folder: &Path, members: &[&str]) -> Result<(), Error> {
    let mut tar = Command::new("tar");
    tar.args(["--create", "--owner=0", "--group=0", "--numeric-owner", "--file"]).arg(archive);
    tar.arg("--directory").arg(folder).args(members);
    read(&mut tar).map(drop)
}

#[cfg(test)]
mod tests {
    use super::full_name;

    #[test]
    fn names_are_completed_as_by_a_kubelet() {
        for (image, full) in [
            ("podwright:0.1.0", "docker.io/library/podwright:0.1.0"),
            ("acme/podwright:0.1.0", "docker.io/acme/podwright:0.1.0"),
            ("ghcr.io/acme/podwright:0.1.0", "ghcr.io/acme/podwright:0.1.0"),
            ("registry:5000/podwright:0.1.0", "registry:5000/podwright:0.1.0"),
        ] {
            assert_eq!(full_name(image), full);
        }
    }
}
