//! promtool of Prometheus, built from its released Go module once for each user, and its checks of the alerts.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Error,
    go::{Module, module},
    process,
};

const PROMTOOL: Module =
    module!("promtool", "promtool of Prometheus 3.15.1, about 11 minutes", ["go.mod", "go.sum"], tool "promtool");
/// The alerts, and series with which they fire or do not.
const RULES: &str = "charts/podwright/files/alerts.yaml";
const TESTS: [&str; 2] = ["tests/alerts/firing.yaml", "tests/alerts/healthy.yaml"];

/// The path of promtool, built now if it is not in the cache.
pub fn program() -> Result<PathBuf, Error> {
    PROMTOOL.build().map(|folder| folder.join("promtool"))
}

/// Checks the alerts and runs their tests. promtool prints the results.
pub fn check(root: &Path) -> Result<(), Error> {
    let promtool = program()?;
    let [firing, healthy] = TESTS;
    for arguments in [&["check", "rules", "--lint=all", "--lint-fatal", RULES][..], &["test", "rules", firing, healthy]]
    {
        process::run(Command::new(&promtool).args(arguments).current_dir(root))?;
    }
    Ok(())
}
