//! The Dockerfile's first stage without its base image: the very command that stands there, in a folder with what
//! `.dockerignore` lets through and nothing else. So what that stage would miss is missing here.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::Processor;
use xtask::{Error, process};

/// What the stage's command begins with, and where it puts the binary.
const COMMAND: (&str, &str) = ("RUN cargo ", " /podwright");

/// Runs it, and returns where podwright is then (minutes, where nothing is built yet). What is compiled is kept apart from what
/// other commands compile, so that neither waits for the other.
pub(crate) fn run(root: &Path) -> Result<PathBuf, Error> {
    let folder = root.join("target/image");
    let source = folder.join("source");
    lay_out(root, &source)?;
    let built = folder.join("podwright");
    let command = command(&read(&root.join("Dockerfile"))?)?;
    let mut shell = Command::new("sh");
    shell.args(["-ec", &format!("{command} \"$OUTPUT\"")]).env("OUTPUT", &built).current_dir(&source);
    shell.env("TARGETARCH", Processor::own().name()).env("CARGO_TARGET_DIR", folder.join("build"));
    process::run(&mut shell).map(|()| built)
}

/// The command, without the place that it writes to.
fn command(dockerfile: &str) -> Result<String, Error> {
    let (begin, end) = COMMAND;
    let line = dockerfile.lines().find_map(|line| line.strip_prefix(begin)?.strip_suffix(end));
    let line = line.ok_or_else(|| Error::new(format!("the Dockerfile has no line like `{begin}...{end}`")))?;
    Ok(format!("cargo {line}"))
}

/// Makes `folder` what the stage's `COPY . .` would make. Always the same folder: what was compiled in it before is not
/// compiled again.
fn lay_out(root: &Path, folder: &Path) -> Result<(), Error> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Error::at("remove", folder))?;
    }
    fs::create_dir_all(folder).map_err(Error::at("make", folder))?;
    // With the time of each file's last change, by which cargo knows what it has compiled.
    let paths = let_through(&read(&root.join(".dockerignore"))?)?;
    process::run(Command::new("cp").args(["-a", "--parents"]).args(paths).arg(folder).current_dir(root))
}

/// The paths that an ignore file excepts from `*`, the only form that is read here.
fn let_through(ignore: &str) -> Result<Vec<String>, Error> {
    let mut lines = ignore.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let paths: Option<Vec<String>> = match lines.next() {
        Some("*") => lines.map(|line| line.strip_prefix('!').map(str::to_owned)).collect(),
        _ => None,
    };
    paths.ok_or_else(|| Error::new(".dockerignore is to have `*`, and then lines like `!src`, without wildcards"))
}

fn read(file: &Path) -> Result<String, Error> {
    fs::read_to_string(file).map_err(Error::at("read", file))
}
