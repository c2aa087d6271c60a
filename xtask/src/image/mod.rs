//! `cargo xtask image`: the image, by buildah from the Dockerfile, as an archive. No registry is asked for anything: the
//! Dockerfile's first stage, whose base would have to be pulled, is replaced by a folder with what its command makes.

mod first_stage;
mod static_binary;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::{Error, bail, process, scratch::Scratch};

pub(crate) use first_stage::run as first_stage;
pub(crate) use static_binary::{Processor, build as build_static_binary, prepare, release};

/// What the image is called where it is imported, as in the manifests.
pub(crate) const TAG: &str = concat!("podwright:", env!("CARGO_PKG_VERSION"));
const MIB: u64 = 1024 * 1024;
/// Every node that podwright moves to pulls it first.
const MOST: u64 = 13 * MIB;

/// Builds it into `archive`, a docker-archive, and returns its size in bytes: an error where that is too much.
pub(crate) fn build(root: &Path, archive: &Path) -> Result<u64, Error> {
    let scratch = Scratch::new()?;
    let stage = scratch.path().join("build");
    fs::create_dir(&stage).map_err(Error::at("make", &stage))?;
    let built = first_stage(root)?;
    fs::copy(&built, stage.join("podwright")).map_err(Error::at("copy", &built))?;
    let buildah = Buildah { scratch: &scratch, root };
    let context = format!("build={}", stage.display());
    let version = format!("VERSION={}", env!("CARGO_PKG_VERSION"));
    let target = format!("TARGETARCH={}", Processor::own().name());
    let arguments = ["bud", "--quiet", "--build-context", &context, "--build-arg", &version, "--build-arg", &target];
    buildah.run(&[&arguments[..], &["--tag", TAG, "."]].concat())?;
    let _ = fs::remove_file(archive);
    buildah.run(&["push", "--quiet", TAG, &format!("docker-archive:{}:{TAG}", archive.display())])?;
    let size = fs::metadata(archive).map_err(Error::at("look at", archive))?.len();
    if size > MOST {
        let [size, most] = [size, MOST].map(mebibytes);
        bail!("the image has {size}; at most {most}: what came to it?");
    }
    Ok(size)
}

/// Where `cargo xtask image` puts it.
pub(crate) fn archive(root: &Path) -> PathBuf {
    root.join("target/podwright-image.tar")
}

/// Says a size as people do: "8.1 MiB".
pub(crate) fn mebibytes(size: u64) -> String {
    let tenths = size * 10 / MIB;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

/// buildah with its storage in a scratch folder, so that it leaves nothing on the machine.
struct Buildah<'a> {
    scratch: &'a Scratch,
    root: &'a Path,
}

impl Buildah<'_> {
    fn run(&self, arguments: &[&str]) -> Result<(), Error> {
        let mut buildah = Command::new("buildah");
        buildah.arg("--root").arg(self.scratch.path().join("storage"));
        buildah.arg("--runroot").arg(self.scratch.path().join("run")).args(["--storage-driver", "vfs"]);
        buildah.args(arguments).env("BUILDAH_ISOLATION", "chroot").current_dir(self.root);
        process::read(&mut buildah).map(drop).map_err(|error| Error::new(format!("{error} (Debian: buildah)")))
    }
}
