//! The second build of `--verify`: from a copy of the sources in another folder, with nothing of the first build.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::{Error, bail, files, process};

use super::release::{Release, TIME, VERSION};

/// Builds the release again and compares every file with `first`.
pub(super) fn compare(root: &Path, release: &Release, first: &Path) -> Result<(), Error> {
    // The name is longer than the repository's, because a path of equal length could hide a difference.
    let copy = root.join("target/dist/a-second-folder-with-a-longer-name");
    let second = copy.join("dist");
    copy_sources(root, &copy)?;
    // With another time zone and locale.
    let mut cargo = process::cargo(&copy, "xtask");
    cargo.args(["dist", "--output"]).arg(&second).args(["--repository", &release.repository.0]);
    cargo.args(["--image", &release.image.0]).env("CARGO_TARGET_DIR", copy.join("target"));
    cargo.env(TIME, release.time.to_string()).env("TZ", "Asia/Kathmandu").env("LC_ALL", "C");
    cargo.args(release.tagged.then(|| format!("--tag=v{VERSION}")));
    process::run(&mut cargo)?;
    let different = different(first, &second)?;
    if !different.is_empty() {
        bail!(
            "not reproducible: these files differ between {} and {}: {}",
            first.display(),
            second.display(),
            different.join(", ")
        );
    }
    // It has a gigabyte. After a difference it stays, so that the files can be compared.
    fs::remove_dir_all(&copy).map_err(Error::at("remove", &copy))
}

/// Copies the files that git tracks or would track.
fn copy_sources(root: &Path, copy: &Path) -> Result<(), Error> {
    let mut git = Command::new("git");
    let listed = process::read(git.args(["ls-files", "-co", "--exclude-standard", "-z"]).current_dir(root))?;
    let paths = listed.split('\0').filter(|path| !path.is_empty() && root.join(path).is_file());
    files::empty(copy)?;
    process::run(Command::new("cp").args(["-a", "--parents"]).args(paths).arg(copy).current_dir(root))
}

/// The names of files that differ or that only one folder has.
fn different(first: &Path, second: &Path) -> Result<Vec<String>, Error> {
    let names = |folder: &Path| -> Result<Vec<PathBuf>, Error> {
        Ok(files::list(folder)?.iter().filter_map(|path| path.file_name().map(PathBuf::from)).collect())
    };
    let mut all = [names(first)?, names(second)?].concat();
    all.sort();
    all.dedup();
    let differs = |name: &PathBuf| fs::read(first.join(name)).ok() != fs::read(second.join(name)).ok();
    Ok(all.iter().filter(|name| differs(name)).map(|name| name.display().to_string()).collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail")]
mod tests {
    use xtask::{files, scratch::Scratch};

    use super::different;

    #[test]
    fn changed_and_missing_files_differ() {
        let scratch = Scratch::new().unwrap();
        let [one, two] = ["one", "two"].map(|name| scratch.path().join(name));
        for (folder, changed) in [(&one, "1"), (&two, "2")] {
            files::make(folder).unwrap();
            files::write(&folder.join("same"), "0").unwrap();
            files::write(&folder.join("changed"), changed).unwrap();
        }
        files::write(&two.join("added"), "").unwrap();
        assert_eq!(different(&one, &two).unwrap(), ["added", "changed"]);
    }
}
