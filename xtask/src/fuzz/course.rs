//! How long a target runs, and what it begins with: the same course each time, or another one by chance.
//!
//! The same course is for CI: who runs it again, on the same files, sees the same end. Whatever else would decide what is
//! tried is taken away: the time of day, the order of a folder's files, the clock that ends a run, keys of hash maps, and
//! addresses.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::{Target, build, build::Built, corpus, files};
use xtask::Error;

/// Of the random numbers. To libFuzzer, 0 is the time of day.
const SEED: u32 = 1;
/// In seconds. A machine that takes longer sees the beginning of what others see.
const LONGEST: u32 = 300;

/// A run's beginning and end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// As many inputs as take about a minute, each time the same.
    Same,
    /// So many seconds, with other inputs each time; they begin with what earlier runs found.
    ByChance {
        /// How many.
        seconds: u32,
    },
}

impl Course {
    /// Tells libFuzzer.
    pub(super) fn tell(
        self,
        fuzzer: &mut Command,
        Target(name, runs): Target,
        (root, built): (&Path, &Built),
    ) -> Result<(), Error> {
        let [found, seeds, kept] = corpus::folders(root, name);
        match self {
            Self::Same => {
                let list = format!("{}/{name}.inputs", build::FOLDER);
                let inputs = [in_order(root, &seeds)?, in_order(root, &kept)?].concat();
                fs::write(root.join(&list), inputs.join(",")).map_err(Error::at("write", &root.join(&list)))?;
                fuzzer.arg(format!("-seed_inputs=@{list}"));
                fuzzer.args([format!("-seed={SEED}"), format!("-runs={runs}"), format!("-max_total_time={LONGEST}")]);
                // What is compared would get into the inputs: among it are addresses. The dictionaries have the words.
                fuzzer.arg("-use_cmp=0").env("LD_PRELOAD", built.no_chance());
            }
            Self::ByChance { seconds } => {
                // `cost` looks at the clock for what is new, which only a run by chance may.
                fuzzer.env("BY_CHANCE", "1");
                fuzzer.arg(format!("-max_total_time={seconds}")).args([found, seeds, kept]);
            }
        }
        Ok(())
    }

    /// The longest that it may take: it ends by itself, but not where it hangs before the first input.
    pub(super) fn patience(self) -> Duration {
        let seconds = match self {
            Self::Same => LONGEST,
            Self::ByChance { seconds } => seconds,
        };
        Duration::from_secs(u64::from(seconds) * 2 + 120)
    }
}

/// The files of a folder, by name, as paths below the repository: libFuzzer splits them at commas.
fn in_order(root: &Path, folder: &Path) -> Result<Vec<String>, Error> {
    let mut files: Vec<PathBuf> = files(folder)?;
    files.sort();
    Ok(files.iter().map(|file| file.strip_prefix(root).unwrap_or(file).display().to_string()).collect())
}
