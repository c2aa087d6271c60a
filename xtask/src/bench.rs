//! `cargo xtask bench`: builds podwright and a bare server as shipped, and measures them with the program in `bench/`.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use xtask::{
    Error, ensure, files,
    process::{cargo, run as run_program},
};

use crate::image::{self, Processor};

/// Adds a build with musl's own allocator to the comparison.
const ALLOCATORS: &str = "allocators";

/// Takes `allocators`, seconds and rounds, and other builds by name.
pub(crate) fn run(root: &Path, mut arguments: Vec<String>) -> Result<ExitCode, Error> {
    ensure!(Command::new("wrk").arg("-v").output().is_ok(), "wrk is not in PATH; on Debian: apt-get install wrk");
    run_program(cargo(root, "bench").args(["--locked", "--package", "podwright-bench"]))?;
    if let Some(at) = arguments.iter().position(|argument| argument == ALLOCATORS) {
        arguments.remove(at);
        arguments.push(format!("musl-allocator={}", with_system_allocator(root)?.display()));
    }
    let both = ["--package", "podwright", "--package", "podwright-bench", "--bin", "podwright", "--bin", "bare"];
    let built = image::release(root, Processor::own(), &both)?;
    let measure = ["--locked", "--package", "podwright-bench", "--bin", "podwright-bench"];
    run_program(cargo(root, "build").args(measure))?;
    let mut measure = Command::new(root.join("target/debug/podwright-bench"));
    measure.arg(built.join("podwright")).arg(built.join("bare")).arg(root).args(arguments).current_dir(root);
    run_program(&mut measure).map(|()| ExitCode::SUCCESS)
}

fn with_system_allocator(root: &Path) -> Result<PathBuf, Error> {
    let feature = ["--package", "podwright", "--bin", "podwright", "--features", "system-allocator"];
    let folder = image::release(root, Processor::own(), &feature)?;
    let (built, kept) = (folder.join("podwright"), folder.join("podwright-musl-allocator"));
    files::copy(&built, &kept)?;
    Ok(kept)
}
