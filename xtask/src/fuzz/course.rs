//! A run's length and first inputs: always the same, or random.
//!
//! CI uses the same course each time, so that a failure can be repeated with the same files. It excludes the time of
//! day, the order of a folder's files, a time limit, random keys of hash maps, and addresses.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::{Target, build, build::Built, corpus, files};
use xtask::Error;

/// The seed of the random numbers. libFuzzer takes 0 for the time of day.
const SEED: u32 = 1;
/// Seconds. A slower machine runs only the first of the inputs.
const LONGEST: u32 = 300;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// A fixed number of inputs that takes about a minute, the same each time.
    Same,
    /// A number of seconds with random inputs, beginning with the findings of earlier runs.
    ByChance { seconds: u32 },
}

impl Course {
    /// Adds libFuzzer's options.
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
                // Compared operands would become inputs, and some are addresses. The dictionaries have the words.
                fuzzer.arg("-use_cmp=0").env("LD_PRELOAD", built.no_chance());
            }
            Self::ByChance { seconds } => {
                // `cost` reads the clock for new inputs, which only a random run may do.
                fuzzer.env("BY_CHANCE", "1");
                fuzzer.arg(format!("-max_total_time={seconds}")).args([found, seeds, kept]);
            }
        }
        Ok(())
    }

    /// The time limit. A run ends by itself, unless it hangs before the first input.
    pub(super) fn patience(self) -> Duration {
        let seconds = match self {
            Self::Same => LONGEST,
            Self::ByChance { seconds } => seconds,
        };
        Duration::from_secs(u64::from(seconds) * 2 + 120)
    }
}

/// The files of a folder, sorted, as paths below the repository, because libFuzzer splits them at commas.
fn in_order(root: &Path, folder: &Path) -> Result<Vec<String>, Error> {
    let mut files: Vec<PathBuf> = files(folder)?;
    files.sort();
    Ok(files.iter().map(|file| file.strip_prefix(root).unwrap_or(file).display().to_string()).collect())
}
