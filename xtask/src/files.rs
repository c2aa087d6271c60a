//! Files and folders, with errors that name the path.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::Error;

/// Reads a text file.
pub fn read(file: &Path) -> Result<String, Error> {
    fs::read_to_string(file).map_err(Error::at("read", file))
}

/// Writes a file.
pub fn write(file: &Path, text: impl AsRef<[u8]>) -> Result<(), Error> {
    fs::write(file, text).map_err(Error::at("write", file))
}

/// Copies a file.
pub fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    fs::copy(from, to).map(drop).map_err(Error::at("copy", from))
}

/// The paths in a folder, sorted.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let paths = fs::read_dir(folder).and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect());
    let mut paths: Vec<PathBuf> = paths.map_err(Error::at("list", folder))?;
    paths.sort();
    Ok(paths)
}

/// Makes a folder and its parents, unless they exist.
pub fn make(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(Error::at("make", folder))
}

/// Makes a folder empty.
pub fn empty(folder: &Path) -> Result<(), Error> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Error::at("remove", folder))?;
    }
    make(folder)
}
