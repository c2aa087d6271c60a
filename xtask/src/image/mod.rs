//! `cargo xtask image`: builds the image from the Dockerfile with buildah, as an archive. It uses no registry: a folder
//! with the first stage's result replaces that stage, whose base image would have to be pulled.

mod first_stage;
mod static_binary;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::{Error, bail, files, process, scratch::Scratch};

pub(crate) use first_stage::{lay_out, run as first_stage};
pub(crate) use static_binary::{Processor, build as build_static_binary, prepare, release};

/// The image's name in the manifests.
pub(crate) const TAG: &str = concat!("podwright:", env!("CARGO_PKG_VERSION"));
const MIB: u64 = 1024 * 1024;
/// A limit, because every node of podwright first pulls the image.
const MOST: u64 = 16 * MIB;

/// Builds the image into `archive`, a docker-archive, and returns its size in bytes; fails above the limit.
pub(crate) fn build(root: &Path, archive: &Path) -> Result<u64, Error> {
    let scratch = Scratch::new()?;
    let stage = scratch.path().join("build");
    files::make(&stage)?;
    let built = first_stage(root)?;
    files::copy(&built, &stage.join("podwright"))?;
    let buildah = Buildah { scratch: &scratch, root };
    let context = format!("build={}", stage.display());
    let version = format!("VERSION={}", env!("CARGO_PKG_VERSION"));
    let target = format!("TARGETARCH={}", Processor::own().name);
    let arguments = ["bud", "--quiet", "--build-context", &context, "--build-arg", &version, "--build-arg", &target];
    buildah.run(&[&arguments[..], &["--tag", TAG, "."]].concat())?;
    let _ = fs::remove_file(archive);
    buildah.run(&["push", "--quiet", TAG, &format!("docker-archive:{}:{TAG}", archive.display())])?;
    let size = fs::metadata(archive).map_err(Error::at("look at", archive))?.len();
    if size > MOST {
        let [size, most] = [size, MOST].map(mebibytes);
        bail!("the image has {size}: expected at most {most}");
    }
    Ok(size)
}

pub(crate) fn archive(root: &Path) -> PathBuf {
    root.join("target/podwright-image.tar")
}

/// Formats a size: "8.1 MiB".
pub(crate) fn mebibytes(size: u64) -> String {
    let tenths = size * 10 / MIB;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

/// buildah with its storage in a scratch folder, so that nothing stays on the machine.
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
