//! A folder that ends with this process, even if SIGKILL ends it and nothing is dropped. A small shell removes it.

use std::{
    env,
    ffi::OsStr,
    hash::{BuildHasher, RandomState},
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::{Error, bail, files};

/// An empty, private folder, removed when this is dropped and when this process ends.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    _watcher: Watcher,
}

impl Scratch {
    /// Makes a folder below `TMPDIR` or the system's folder for temporary files.
    pub fn new() -> Result<Self, Error> {
        let path = env::temp_dir().join(format!("podwright-{}", random()));
        let mut watcher = Watcher::start(include_str!("scratch.sh"), path.as_os_str())?;
        let mut said = String::new();
        // The shell makes the folder, so the folder never exists without it.
        if let Some(stdout) = watcher.0.stdout.take() {
            let _ = BufReader::new(stdout).read_line(&mut said);
        }
        match said.as_str() {
            "made\n" => Ok(Self { path, _watcher: watcher }),
            _ => bail!("cannot make the scratch folder {}: expected TMPDIR to be a writable folder", path.display()),
        }
    }

    /// The path, absolute if `TMPDIR` is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes `content` to the file `name` in the folder.
    pub fn write(&self, name: &str, content: &str) -> Result<PathBuf, Error> {
        let path = self.path.join(name);
        files::write(&path, content)?;
        Ok(path)
    }
}

/// A shell that clears up once its standard input ends: when this is dropped, and when this process ends.
#[derive(Debug)]
pub(crate) struct Watcher(Child);

impl Watcher {
    pub(crate) fn start(script: &str, argument: &OsStr) -> Result<Self, Error> {
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "watcher"]).arg(argument);
        let started = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0).spawn();
        started.map(Self).map_err(|reason| Error::new(format!("cannot start sh: {reason}")))
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// 32 unique hexadecimal digits. The hasher's keys come from the system, which is random enough for a folder's name and
/// for a token on the loopback interface.
pub(crate) fn random() -> String {
    let part = |salt: u8| RandomState::new().hash_one(salt);
    format!("{:016x}{:016x}", part(0), part(1))
}
