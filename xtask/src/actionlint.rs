//! actionlint, which checks GitHub's workflow files, built from its released Go module once for each user.

use std::path::PathBuf;

use crate::{
    Error,
    go::{Module, module},
};

const ACTIONLINT: Module =
    module!("actionlint", "actionlint 1.7.12, about 20 seconds", ["go.mod", "go.sum"], tool "actionlint");

/// The path of actionlint, built now if it is not in the cache.
pub fn program() -> Result<PathBuf, Error> {
    ACTIONLINT.build().map(|folder| folder.join("actionlint"))
}
