//! `cargo xtask bench`: builds what is measured as it is shipped, and measures it. The measuring itself is `bench/`'s, which
//! may depend on more than this does.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use xtask::Error;

const TARGET: &str = "x86_64-unknown-linux-musl";

/// Measures, with these arguments: seconds and rounds, and other builds by name.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<ExitCode, Error> {
    if Command::new("wrk").arg("-v").output().is_err() {
        return Err(Error::new(
            "wrk is missing, and nothing was measured: expected it in the PATH, such as by `apt-get install wrk` on Debian",
        ));
    }
    cargo(root, &["bench", "--locked", "--package", "podwright-bench"])?;
    let build = ["build", "--release", "--locked", "--target", TARGET, "--bin", "podwright", "--bin", "bare"];
    cargo(root, &[&build[..], &["--package", "podwright", "--package", "podwright-bench"]].concat())?;
    cargo(root, &["build", "--locked", "--package", "podwright-bench", "--bin", "podwright-bench"])?;
    let built = |name: &str| root.join("target").join(TARGET).join("release").join(name);
    let mut measure = Command::new(root.join("target/debug/podwright-bench"));
    measure.arg(built("podwright")).arg(built("bare")).arg(root).args(arguments).current_dir(root);
    let status = measure.status().map_err(Error::at("run", &PathBuf::from(measure.get_program())))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<(), Error> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // ring and the allocator have C that calls no library, so any compiler for this processor will do.
    cargo.args(arguments).current_dir(root).env("CC_x86_64_unknown_linux_musl", "gcc");
    let status = cargo.status().map_err(Error::at("run cargo in", root))?;
    match status.success() {
        true => Ok(()),
        false => Err(Error::new(format!("`cargo {}` failed", arguments.join(" ")))),
    }
}
