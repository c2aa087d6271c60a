//! Compiles the pure modules for a machine without files, network and clock.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use xtask::Error;

pub(super) const TARGET: &str = "wasm32-unknown-unknown";

/// Whether the library without its default features compiles for [`TARGET`], which is added where it is missing.
pub(super) fn compiles(root: &Path) -> Result<bool, Error> {
    if !is_installed(root) {
        add()?;
    }
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["check", "--package", "podwright", "--lib", "--no-default-features", "--locked", "--target", TARGET]);
    let status = cargo.current_dir(root).stdin(Stdio::null()).status();
    status.map(|status| status.success()).map_err(Error::at("run cargo in", root))
}

/// Asks the compiler, not rustup: a distribution's Rust may bring the target without it.
fn is_installed(root: &Path) -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["--print", "sysroot"]).current_dir(root).output();
    let sysroot = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    sysroot.is_some_and(|path| PathBuf::from(path.trim()).join("lib/rustlib").join(TARGET).is_dir())
}

fn add() -> Result<(), Error> {
    let status = Command::new("rustup").args(["target", "add", TARGET]).stdin(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Error::new(format!(
            "the standard library for {TARGET} is missing and `rustup target add {TARGET}` could not add it; \
             install it with the package manager that brought Rust"
        ))),
    }
}
