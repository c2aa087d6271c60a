//! Builds the targets with libFuzzer's coverage. The stable compiler has LLVM's pass; code without `unsafe` needs no
//! sanitizer.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::{Error, process};

/// The folder for files that are not kept.
const FOLDER: &str = "target/fuzz";

/// The flags of `cargo fuzz`: counters for each edge, and the operands of comparisons, which reveal magic words.
const FLAGS: [&str; 7] = [
    "--cfg",
    "fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

pub(super) struct Built {
    pub(super) root: PathBuf,
    programs: PathBuf,
    /// The library that makes a program's hash maps deterministic (`fuzz/no_chance.cc`).
    pub(super) no_chance: PathBuf,
}

impl Built {
    pub(super) fn folder(&self) -> PathBuf {
        self.root.join(FOLDER)
    }

    pub(super) fn target(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }
}

pub(super) fn build(root: &Path) -> Result<Built, Error> {
    let host = host()?;
    let folder = root.join(FOLDER);
    let mut cargo = process::cargo(&root.join("fuzz"), "build");
    // With a named target, build scripts and macros do not get the flags.
    cargo.args(["--quiet", "--locked", "--release", "--bins", "--target", &host, "--target-dir"]).arg(&folder);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\x1f"));
    process::run(&mut cargo).map_err(|error| {
        Error::new(format!(
            "{error}. Without a C++ compiler: install g++. With another version or dependency in Cargo.toml: run \
             `cargo update --workspace --manifest-path fuzz/Cargo.toml`"
        ))
    })?;
    let (programs, no_chance) = (folder.join(host).join("release"), no_chance(root, &folder)?);
    Ok(Built { root: root.to_owned(), programs, no_chance })
}

/// Uses the compiler that built libFuzzer.
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
