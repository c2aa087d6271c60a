//! `cargo xtask test`: every test there is. Skips nothing but what needs a machine of another kind, and that is said
//! loudly; what else cannot be run fails and says why.

use std::{
    env,
    path::Path,
    process::{Command, ExitCode},
};

use crate::e2e;
use xtask::{Error, control_plane};

/// Runs `cargo test` on the whole workspace; `arguments` are passed on to it. Without any, the checks in a whole cluster
/// follow: arguments choose among the tests, and there is nothing to choose among those by.
pub(crate) fn run(root: &Path, arguments: Vec<String>) -> Result<ExitCode, Error> {
    // Now, so that the minutes of a first build are not inside some test.
    control_plane::assets()?;
    let everything = arguments.is_empty();
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["test", "--workspace", "--locked"]).args(arguments).current_dir(root);
    let status = cargo.status().map_err(Error::at("run cargo in", root))?;
    if status.success() && everything {
        return e2e::run_where_possible(root);
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
