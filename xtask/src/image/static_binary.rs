//! `cargo xtask static-binary`: podwright as in the image, for one processor, linked statically. The Dockerfile's first
//! stage runs this command only, so the tests run the same binary.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::{Error, bail, ensure, process};

/// The processors of the images, by image builders' names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Processor {
    Amd64,
    Arm64,
}

impl Processor {
    pub(crate) const fn own() -> Self {
        if cfg!(target_arch = "aarch64") { Self::Arm64 } else { Self::Amd64 }
    }

    pub(crate) fn parse(name: &str) -> Result<Self, Error> {
        match name {
            "" => Ok(Self::own()),
            "amd64" => Ok(Self::Amd64),
            "arm64" => Ok(Self::Arm64),
            _ => bail!("there is no image for {name:?}; expected amd64 or arm64"),
        }
    }

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

    /// Saves half a megabyte of relocations; Rust's static programs for arm64 have none.
    const fn flags(self) -> &'static str {
        match self {
            Self::Amd64 => "-Clink-arg=-Wl,-z,pack-relative-relocs",
            Self::Arm64 => "",
        }
    }

    /// The C compiler, which also links. Any compiler for the processor with a C library's headers will do: ring's C
    /// code calls no library, mimalloc's calls exist in musl, and Rust brings musl itself.
    fn compiler(self) -> &'static str {
        match self {
            _ if self == Self::own() => "gcc",
            Self::Amd64 => "x86_64-linux-gnu-gcc",
            Self::Arm64 => "aarch64-linux-gnu-gcc",
        }
    }
}

/// Builds podwright (minutes without earlier results) and copies it to `output`, if given.
pub(crate) fn build(root: &Path, processor: Processor, output: Option<&Path>) -> Result<PathBuf, Error> {
    let built = release(root, processor, &["--package", "podwright", "--bin", "podwright"])?.join("podwright");
    let Some(output) = output else {
        return Ok(built);
    };
    fs::copy(&built, output).map_err(Error::at("copy podwright to", output))?;
    Ok(output.to_owned())
}

/// Builds cargo's `selection` as a release, and returns its folder.
pub(crate) fn release(root: &Path, processor: Processor, selection: &[&str]) -> Result<PathBuf, Error> {
    let target = processor.target();
    add_target(target)?;
    let mut cargo = process::cargo(root, "build");
    cargo.args(["--release", "--locked", "--target", target]).args(selection);
    let shout = target.replace('-', "_");
    cargo.env(format!("CC_{shout}"), processor.compiler());
    cargo.env(format!("CARGO_TARGET_{}_RUSTFLAGS", shout.to_uppercase()), processor.flags());
    if processor != Processor::own() {
        cargo.env(format!("CARGO_TARGET_{}_LINKER", shout.to_uppercase()), processor.compiler());
    }
    process::run(&mut cargo).map_err(|error| Error::new(format!("{error}, with {}", processor.compiler())))?;
    let target_folder = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target_folder.join(target).join("release"))
}

/// Checks that this machine can build it for its own processor.
pub(crate) fn prepare() -> Result<(), Error> {
    let processor = Processor::own();
    let (target, compiler) = (processor.target(), processor.compiler());
    add_target(target)?;
    let library = process::read(Command::new("rustc").args(["--print", "target-libdir", "--target", target]))?;
    ensure!(
        Path::new(library.trim()).is_dir(),
        "the image needs Rust's libraries for {target}, which are not installed"
    );
    process::read(Command::new(compiler).arg("--version")).map(drop)
}

/// Without rustup the target may exist already; [`prepare`] and the build report a missing one.
fn add_target(target: &str) -> Result<(), Error> {
    match Command::new("rustup").args(["target", "add", "--", target]).status() {
        Ok(status) if !status.success() => bail!("rustup could not add the target {target}"),
        _ => Ok(()),
    }
}
