//! Python programs that the tests run on podwright's files, installed from PyPI once for each user.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{Error, ensure, files, go::cache_folder, process};

/// The packages, with fixed versions. Their dependencies are not fixed, because a test may run years from now.
const PACKAGES: [&str; 2] = ["pre-commit==4.7.0", "check-jsonschema==0.39.0"];

/// The folder with the packages, for `PYTHONPATH`, filled now if it is not in the cache.
pub fn packages() -> Result<PathBuf, Error> {
    let folder = cache_folder()?.join("podwright/python").join(PACKAGES.join("-").replace('=', "-"));
    if !folder.is_dir() {
        // A folder of this process: the first one that is complete gets the name.
        let work = folder.with_extension(std::process::id().to_string());
        files::make(&work)?;
        let installed = install(&work);
        if installed.is_ok() {
            let _ = fs::rename(&work, &folder);
        }
        let _ = fs::remove_dir_all(&work);
        installed?;
    }
    ensure!(folder.is_dir(), "cannot move the Python packages to {}", folder.display());
    Ok(folder)
}

fn install(folder: &Path) -> Result<(), Error> {
    let mut pip = Command::new("python3");
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--root-user-action=ignore",
        "--disable-pip-version-check",
        "--target",
    ]);
    pip.arg(folder).args(PACKAGES).stdin(Stdio::null());
    process::read(&mut pip).map(drop)
}
