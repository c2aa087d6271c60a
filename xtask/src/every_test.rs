//! `cargo xtask test`: every test that needs no cluster. Skips nothing; what cannot be run fails and says why. What needs a
//! whole cluster, and root for it, is `cargo xtask e2e`'s.

use std::{
    env,
    path::Path,
    process::{Command, ExitCode},
};

use xtask::{Error, control_plane};

/// Runs `cargo test` on the whole workspace; `arguments` are passed on to it.
pub(crate) fn run(root: &Path, arguments: Vec<String>) -> Result<ExitCode, Error> {
    // Now, so that the minutes of a first build are not inside some test.
    control_plane::assets()?;
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["test", "--workspace", "--locked"]).args(arguments).current_dir(root);
    let status = cargo.status().map_err(Error::at("run cargo in", root))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
