//! The core's boundary: `podwright-core` depends on no crate for runtimes, networks or files, and compiles for a
//! machine without them. `core/clippy.toml` covers the standard library.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use xtask::{
    Error,
    process::{cargo, read, run},
};

use super::Violation;

const CORE: &str = "podwright-core";
const TARGET: &str = "wasm32-unknown-unknown";
/// Crates for runtimes, networks, files, processes and logs; higher-level crates depend on one of these.
const OUTSIDE: &str = "axum clap hyper kube-client libc mio openssl ring rustix rustls socket2 tempfile tokio tracing";

/// Checks the core's direct and indirect dependencies on every platform.
pub(super) fn check_dependencies(root: &Path) -> Result<Vec<Violation>, Error> {
    let options = ["--locked", "--package", CORE, "--edges=normal", "--target=all", "--prefix=none", "--format={p}"];
    let tree = read(cargo(root, "tree").args(options))?;
    let violation = |name| Violation {
        file: "core/Cargo.toml".to_owned(),
        line: 1,
        sentence: format!("{CORE} depends on {name}, a crate for runtimes, networks or files"),
    };
    Ok(outside(&tree).map(violation).collect())
}

/// The names of [`OUTSIDE`] in the tree.
fn outside(tree: &str) -> impl Iterator<Item = &'static str> {
    OUTSIDE.split(' ').filter(|name| tree.lines().any(|line| line.split(' ').next() == Some(name)))
}

/// Compiles the core for [`TARGET`], and adds the target if it is missing.
pub(super) fn compile_for_wasm(root: &Path) -> Result<(), Error> {
    let sysroot = read(Command::new("rustc").args(["--print", "sysroot"]).current_dir(root))?;
    // A distribution's Rust may bring the target without rustup.
    if !PathBuf::from(sysroot.trim()).join("lib/rustlib").join(TARGET).is_dir() {
        run(Command::new("rustup").args(["target", "add", TARGET]))?;
    }
    run(cargo(root, "check").args(["--package", CORE, "--locked", "--target", TARGET]))
}

#[cfg(test)]
mod tests {
    use super::outside;

    #[test]
    fn a_runtime_is_found_among_the_dependencies() {
        let tree = "podwright-core v0.1.0 (/x)\nring-free v1.0.0\ntokio v1.54.0 (*)\n";
        assert_eq!(outside(tree).collect::<Vec<_>>(), ["tokio"]);
    }
}
