//! The inputs that a target begins with: the seeds, made from the repository's files each time, and the findings of
//! earlier runs in `fuzz/corpus/`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{MOST_BYTES, build::Built, files, logged};
use xtask::{Error, process};

/// The most bytes that are kept for a target. The smallest inputs come first: they are fastest, and reach most for
/// their size. A run finds the others again.
const BUDGET: u64 = 24 * 1024;

/// A target's folders: the findings on this machine, the seeds, and the kept inputs.
pub(super) fn folders(built: &Built, name: &str) -> [PathBuf; 3] {
    let [found, seeds] = ["corpus", "seeds"].map(|folder| built.folder().join(folder).join(name));
    [found, seeds, built.root.join("fuzz/corpus").join(name)]
}

pub(super) fn seed(built: &Built) -> Result<(), Error> {
    let folder = built.folder().join("seeds");
    files::empty(&folder)?;
    process::run(Command::new(built.target("seeds")).arg(&built.root).arg(&folder).arg(MOST_BYTES.to_string()))
}

/// Keeps the fewest inputs that reach code beyond the seeds', within the budget, and returns a sentence about it.
///
/// Only edges count: with the number of passes there would be ten times as many files and hardly more findings.
pub(super) fn keep(built: &Built, name: &str) -> Result<String, Error> {
    let [found, seeds, kept] = folders(built, name);
    let merged = built.folder().join("merged").join(name);
    files::empty(&merged)?;
    copy(&files(&seeds)?, &merged)?;
    let mut merge = Command::new(built.target(name));
    merge.args(["-merge=1", "-use_counters=0", &format!("-max_len={MOST_BYTES}")]).args([&merged, &kept, &found]);
    let log = built.folder().join(format!("{name}.merge.log"));
    process::run(&mut logged(merge, &log)?)
        .map_err(|error| Error::new(format!("{error}; its output is in {}", log.display())))?;
    for file in files(&seeds)? {
        let seed = merged.join(file.file_name().unwrap_or_default());
        fs::remove_file(&seed).map_err(Error::at("remove", &seed))?;
    }
    files::empty(&kept)?;
    let smallest = smallest(files(&merged)?);
    copy(&smallest, &kept)?;
    Ok(format!("{name}: {} inputs kept in {}", smallest.len(), kept.display()))
}

/// The smallest files within the budget.
fn smallest(files: Vec<PathBuf>) -> Vec<PathBuf> {
    let sized = files.into_iter().filter_map(|file| Some((fs::metadata(&file).ok()?.len(), file)));
    let mut sized: Vec<(u64, PathBuf)> = sized.collect();
    sized.sort();
    let mut room = BUDGET;
    let fits = |(bytes, file): (u64, PathBuf)| {
        room = room.checked_sub(bytes)?;
        Some(file)
    };
    sized.into_iter().map_while(fits).collect()
}

fn copy(files: &[PathBuf], to: &Path) -> Result<(), Error> {
    for file in files {
        files::copy(file, &to.join(file.file_name().unwrap_or_default()))?;
    }
    Ok(())
}
