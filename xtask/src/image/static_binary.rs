//! `cargo xtask static-binary`: podwright as in the image, for one processor, linked statically. The Dockerfile's first
//! stage runs this command only, so the tests run the same binary.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::{Error, bail, ensure, process};

/// Between the flags in cargo's encoded form.
const SEPARATOR: &str = "\x1f";

/// Flags for C: mimalloc would put the time of its build into the binary.
const NO_TIME: &str = r#"-Wno-builtin-macro-redefined -D__DATE__="-" -D__TIME__="-""#;

/// A processor that there are images for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Processor {
    /// The name in image builders.
    pub(crate) name: &'static str,
    /// Rust's name of the platform.
    pub(crate) target: &'static str,
    flags: &'static [&'static str],
    cross_compiler: &'static str,
}

const AMD64: Processor = Processor {
    name: "amd64",
    target: "x86_64-unknown-linux-musl",
    // Saves half a megabyte of relocations; Rust's static programs for arm64 have none.
    flags: &["-Clink-arg=-Wl,-z,pack-relative-relocs"],
    cross_compiler: "x86_64-linux-gnu-gcc",
};
const ARM64: Processor = Processor {
    name: "arm64",
    target: "aarch64-unknown-linux-musl",
    flags: &[],
    cross_compiler: "aarch64-linux-gnu-gcc",
};

impl Processor {
    pub(crate) const ALL: [Self; 2] = [AMD64, ARM64];

    pub(crate) const fn own() -> Self {
        if cfg!(target_arch = "aarch64") { ARM64 } else { AMD64 }
    }

    pub(crate) fn parse(name: &str) -> Result<Self, Error> {
        let named = Self::ALL.into_iter().find(|processor| processor.name == name);
        let named = named.or_else(|| name.is_empty().then(Self::own));
        named.ok_or_else(|| Error::new(format!("no image for {name:?}: expected amd64 or arm64")))
    }

    /// The C compiler, which also links. Any compiler for the processor with a C library's headers will do: ring's C
    /// code calls no library, mimalloc's calls exist in musl, and Rust brings musl itself.
    fn compiler(self) -> &'static str {
        if self == Self::own() { "gcc" } else { self.cross_compiler }
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
    let target = processor.target;
    add_target(target)?;
    let mut cargo = process::cargo(root, "build");
    cargo.args(["--release", "--locked", "--target", target]).args(selection);
    let shout = target.replace('-', "_");
    let target_folder = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let prefixes = prefixes(root, &target_folder)?;
    cargo.env(format!("CC_{shout}"), processor.compiler());
    cargo.env(format!("CFLAGS_{shout}"), format!("{} {NO_TIME}", joined(&prefixes, "-ffile-prefix-map=", " ")));
    // Unlike RUSTFLAGS, this may have paths with spaces, and nothing in the user's environment replaces it.
    let remapped = joined(&prefixes, "--remap-path-prefix=", SEPARATOR);
    let own_flags: String = processor.flags.iter().map(|flag| format!("{SEPARATOR}{flag}")).collect();
    cargo.env("CARGO_ENCODED_RUSTFLAGS", remapped + &own_flags);
    if processor != Processor::own() {
        cargo.env(format!("CARGO_TARGET_{}_LINKER", shout.to_uppercase()), processor.compiler());
    }
    process::run(&mut cargo).map_err(|error| Error::new(format!("{error}, with {}", processor.compiler())))?;
    Ok(target_folder.join(target).join("release"))
}

/// This machine's folders, and the names that the binary has for them. So the binary is the same wherever it is built.
fn prefixes(root: &Path, target_folder: &Path) -> Result<[(String, &'static str); 3], Error> {
    let home = || env::home_dir().map(|home| home.join(".cargo").into_os_string());
    let cargo_home = env::var_os("CARGO_HOME").or_else(home).unwrap_or_else(|| OsString::from("/cargo"));
    // The last matching prefix counts, and the target folder is often below the root.
    let folders =
        [(cargo_home.as_os_str(), "/cargo"), (root.as_os_str(), "/podwright"), (target_folder.as_os_str(), "/target")];
    let mut named = folders.map(|(_, name)| (String::new(), name));
    for ((folder, _), named) in folders.iter().zip(&mut named) {
        let Some(folder) = folder.to_str() else {
            bail!("cannot build in the folder {}: expected a path in UTF-8", Path::new(folder).display());
        };
        folder.clone_into(&mut named.0);
    }
    Ok(named)
}

fn joined(prefixes: &[(String, &str)], option: &str, separator: &str) -> String {
    let options = prefixes.iter().map(|(folder, name)| format!("{option}{folder}={name}"));
    options.collect::<Vec<_>>().join(separator)
}

/// Checks that this machine can build it for its own processor.
pub(crate) fn prepare() -> Result<(), Error> {
    let processor = Processor::own();
    let (target, compiler) = (processor.target, processor.compiler());
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
    let added = Command::new("rustup").args(["target", "add", "--", target]).status();
    ensure!(added.map_or(true, |status| status.success()), "rustup could not add the target {target}");
    Ok(())
}
