use std::path::Path;

use xtask::Error;

use super::{Asset, Binary, Made, Release};

pub(super) fn sources(_root: &Path, _binaries: &[Binary]) -> Result<Vec<String>, Error> {
    Ok(Vec::new())
}

pub(super) fn files(_sources: &[String], _made: &Made, _release: &Release) -> Result<Vec<Asset>, Error> {
    Ok(Vec::new())
}
