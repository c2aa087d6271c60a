//! The Dockerfile's first stage without its base image: the same command, in a folder with only the files that
//! `.dockerignore` allows. A file that the stage would miss is also missing here.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::Processor;
use xtask::{Error, files, process};

/// The first words of the stage's command, and the path of its binary.
const COMMAND: (&str, &str) = ("RUN cargo ", " /podwright");

/// Runs the stage and returns the path of podwright (minutes without earlier results). It has a target folder of its
/// own, so that it never waits for other commands.
pub(crate) fn run(root: &Path) -> Result<PathBuf, Error> {
    let folder = root.join("target/image");
    let source = folder.join("source");
    lay_out(root, &source)?;
    let built = folder.join("podwright");
    let command = command(&files::read(&root.join("Dockerfile"))?)?;
    let mut shell = Command::new("sh");
    shell.args(["-ec", &format!("{command} \"$OUTPUT\"")]).env("OUTPUT", &built).current_dir(&source);
    shell.env("TARGETARCH", Processor::own().name).env("CARGO_TARGET_DIR", folder.join("build"));
    process::run(&mut shell).map(|()| built)
}

/// The command without its output path.
fn command(dockerfile: &str) -> Result<String, Error> {
    let (begin, end) = COMMAND;
    let line = dockerfile.lines().find_map(|line| line.strip_prefix(begin)?.strip_suffix(end));
    let line = line.ok_or_else(|| Error::new(format!("the Dockerfile has no line like `{begin}...{end}`")))?;
    Ok(format!("cargo {line}"))
}

/// Fills `folder` as the stage's `COPY . .` would. The folder is always the same, so that cargo compiles only changes.
pub(crate) fn lay_out(root: &Path, folder: &Path) -> Result<(), Error> {
    files::empty(folder)?;
    // Keeps the files' times, by which cargo finds changes.
    let paths = let_through(&files::read(&root.join(".dockerignore"))?)?;
    process::run(Command::new("cp").args(["-a", "--parents"]).args(paths).arg(folder).current_dir(root))
}

/// The paths that an ignore file excepts from `*`; no other form is supported.
fn let_through(ignore: &str) -> Result<Vec<String>, Error> {
    let mut lines = ignore.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let paths: Option<Vec<String>> = match lines.next() {
        Some("*") => lines.map(|line| line.strip_prefix('!').map(str::to_owned)).collect(),
        _ => None,
    };
    paths.ok_or_else(|| {
        Error::new(".dockerignore has an unknown form: expected `*`, and then lines like `!src`, without wildcards")
    })
}
