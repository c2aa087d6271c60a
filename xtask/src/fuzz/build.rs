//! The targets, built with coverage as libFuzzer wants it. No nightly compiler and no sanitizer: LLVM's pass is in the stable
//! one, and what has no unsafe code has nothing for a sanitizer to find.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::{Error, process};

/// Where everything goes that is not kept.
pub(super) const FOLDER: &str = "target/fuzz";

/// As `cargo fuzz` passes them: counters for each edge, and the operands of comparisons, so that magic words are found.
const FLAGS: [&str; 7] = [
    "--cfg",
    "fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// What was built.
pub(super) struct Built {
    programs: PathBuf,
    no_chance: PathBuf,
}

impl Built {
    /// A target's program.
    pub(super) fn target(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// What takes chance from a program that it is loaded into (`fuzz/no_chance.cc`).
    pub(super) fn no_chance(&self) -> &Path {
        &self.no_chance
    }
}

/// Builds all of them.
pub(super) fn build(root: &Path) -> Result<Built, Error> {
    let host = host()?;
    let folder = root.join(FOLDER);
    let mut cargo = process::cargo(&root.join("fuzz"), "build");
    // A target that is named keeps the flags from build scripts and macros, which run here.
    cargo.args(["--quiet", "--locked", "--release", "--bins", "--target", &host, "--target-dir"]).arg(&folder);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\x1f"));
    process::run(&mut cargo).map_err(|error| {
        Error::new(format!(
            "{error}. Without a C++ compiler: install g++. With another version or dependency in Cargo.toml: run \
             `cargo update --workspace --manifest-path fuzz/Cargo.toml`"
        ))
    })?;
    Ok(Built { programs: folder.join(host).join("release"), no_chance: no_chance(root, &folder)? })
}

/// With the compiler that libFuzzer was built with.
fn no_chance(root: &Path, folder: &Path) -> Result<PathBuf, Error> {
    let (source, library) = (root.join("fuzz/no_chance.cc"), folder.join("no_chance.so"));
    let mut compiler = Command::new(env::var_os("CXX").unwrap_or_else(|| "c++".into()));
    process::run(compiler.args(["-shared", "-fPIC", "-o"]).args([&library, &source]))?;
    Ok(library)
}

/// `x86_64-unknown-linux-gnu`
fn host() -> Result<String, Error> {
    let said = process::read(Command::new("rustc").arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Error::new(format!("`rustc -vV` names no host: {said}")))
}
