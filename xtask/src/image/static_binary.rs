//! `cargo xtask static-binary`: podwright as the image has it, for one processor, linked with nothing. The Dockerfile's
//! first stage is this command and nothing else, so that the tests run what it runs.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::Error;

/// The processors there are images for, by the names that image builders give them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Processor {
    Amd64,
    Arm64,
}

impl Processor {
    /// This machine's.
    pub(crate) const fn own() -> Self {
        if cfg!(target_arch = "aarch64") { Self::Arm64 } else { Self::Amd64 }
    }

    pub(crate) fn parse(name: &str) -> Result<Self, Error> {
        match name {
            "" => Ok(Self::own()),
            "amd64" => Ok(Self::Amd64),
            "arm64" => Ok(Self::Arm64),
            _ => Err(Error::new(format!("there is no image for {name:?}; expected amd64 or arm64"))),
        }
    }

    /// As an image builder calls it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }

    const fn target(self) -> &'static str {
        match self {
            Self::Amd64 => "x86_64-unknown-linux-musl",
            Self::Arm64 => "aarch64-unknown-linux-musl",
        }
    }

    /// What rustc is told beside the rest. Half a megabyte would be relocations otherwise; for arm64, Rust's static programs
    /// have none.
    const fn flags(self) -> &'static str {
        match self {
            Self::Amd64 => "-Clink-arg=-Wl,-z,pack-relative-relocs",
            Self::Arm64 => "",
        }
    }

    /// The C compiler, which links as well. Any will do that makes code for the processor, with headers of a C library: what
    /// ring has in C calls none, what mimalloc calls is in musl by the same names, and Rust brings musl itself.
    fn compiler(self) -> &'static str {
        match self {
            _ if self == Self::own() => "gcc",
            Self::Amd64 => "x86_64-linux-gnu-gcc",
            Self::Arm64 => "aarch64-linux-gnu-gcc",
        }
    }
}

/// Builds it (minutes, where nothing is built yet) and copies it to `output` where one is named.
pub(crate) fn build(root: &Path, processor: Processor, output: Option<&Path>) -> Result<PathBuf, Error> {
    let built = release(root, processor, &["--package", "podwright", "--bin", "podwright"])?.join("podwright");
    let Some(output) = output else {
        return Ok(built);
    };
    fs::copy(&built, output).map_err(Error::at("copy podwright to", output))?;
    Ok(output.to_owned())
}

/// Builds what cargo's `selection` names as releases are built, and returns the folder that it is then in.
pub(crate) fn release(root: &Path, processor: Processor, selection: &[&str]) -> Result<PathBuf, Error> {
    let target = processor.target();
    add_target(target)?;
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--release", "--locked", "--target", target]).args(selection);
    let shout = target.replace('-', "_");
    cargo.env(format!("CC_{shout}"), processor.compiler());
    cargo.env(format!("CARGO_TARGET_{}_RUSTFLAGS", shout.to_uppercase()), processor.flags());
    if processor != Processor::own() {
        cargo.env(format!("CARGO_TARGET_{}_LINKER", shout.to_uppercase()), processor.compiler());
    }
    let status = cargo.current_dir(root).status().map_err(Error::at("run cargo in", root))?;
    if !status.success() {
        let (what, compiler) = (selection.join(" "), processor.compiler());
        return Err(Error::new(format!("`cargo build {what}` failed for {target} with {compiler}")));
    }
    let target_folder = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target_folder.join(target).join("release"))
}

/// Whether it can be built for this machine's processor, or in a sentence why not.
pub(crate) fn prepare() -> Result<(), Error> {
    let processor = Processor::own();
    let (target, compiler) = (processor.target(), processor.compiler());
    add_target(target)?;
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let library = rustc.args(["--print", "target-libdir", "--target", target]).output();
    let library = library.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    if library.is_empty() || !Path::new(&library).is_dir() {
        return Err(Error::new(format!(
            "the image is built for {target}, and Rust's libraries for it are not installed"
        )));
    }
    match Command::new(compiler).arg("--version").output() {
        Ok(output) if output.status.success() => Ok(()),
        _ => Err(Error::new(format!("the image is built with {compiler}, which cannot be run"))),
    }
}

/// A Rust that did not come by rustup may have it already; [`prepare`] and the build say so if not.
fn add_target(target: &str) -> Result<(), Error> {
    match Command::new("rustup").args(["target", "add", "--", target]).status() {
        Ok(status) if !status.success() => Err(Error::new(format!("rustup could not add the target {target}"))),
        _ => Ok(()),
    }
}
