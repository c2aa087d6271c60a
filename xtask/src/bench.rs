//! `cargo xtask bench`: builds what is measured as it is shipped, and measures it. The measuring itself is `bench/`'s, which
//! may depend on more than this does.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use xtask::Error;

use crate::image::{self, Processor};

/// The argument that asks for a build with musl's own allocator beside the one that is shipped.
const ALLOCATORS: &str = "allocators";

/// Measures, with these arguments: `allocators`, seconds and rounds, and other builds by name.
pub(crate) fn run(root: &Path, mut arguments: Vec<String>) -> Result<ExitCode, Error> {
    if Command::new("wrk").arg("-v").output().is_err() {
        return Err(Error::new(
            "wrk is missing, and nothing was measured: expected it in the PATH, such as by `apt-get install wrk` on Debian",
        ));
    }
    cargo(root, &["bench", "--locked", "--package", "podwright-bench"])?;
    if let Some(at) = arguments.iter().position(|argument| argument == ALLOCATORS) {
        arguments.remove(at);
        arguments.push(format!("musl-allocator={}", with_system_allocator(root)?.display()));
    }
    let both = ["--package", "podwright", "--package", "podwright-bench", "--bin", "podwright", "--bin", "bare"];
    let built = image::release(root, Processor::own(), &both)?;
    cargo(root, &["build", "--locked", "--package", "podwright-bench", "--bin", "podwright-bench"])?;
    let mut measure = Command::new(root.join("target/debug/podwright-bench"));
    measure.arg(built.join("podwright")).arg(built.join("bare")).arg(root).args(arguments).current_dir(root);
    let status = measure.status().map_err(Error::at("run", &PathBuf::from(measure.get_program())))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn with_system_allocator(root: &Path) -> Result<PathBuf, Error> {
    let feature = ["--package", "podwright", "--bin", "podwright", "--features", "system-allocator"];
    let folder = image::release(root, Processor::own(), &feature)?;
    let (built, kept) = (folder.join("podwright"), folder.join("podwright-musl-allocator"));
    fs::copy(&built, &kept).map_err(Error::at("copy", &built))?;
    Ok(kept)
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<(), Error> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let status = cargo.args(arguments).current_dir(root).status().map_err(Error::at("run cargo in", root))?;
    match status.success() {
        true => Ok(()),
        false => Err(Error::new(format!("`cargo {}` failed", arguments.join(" ")))),
    }
}
