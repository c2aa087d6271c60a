//! A held program whose output goes to a file, so that an error can tell how it ended. Never follows the file: what is
//! in it is read when it is asked for.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Error,
    lifeline::{self, Held},
};

/// How many lines of a log an error carries.
const TAIL: usize = 15;

/// A program that runs, and the file that its standard error and output go to.
#[derive(Debug)]
pub(crate) struct Logged {
    pub(crate) held: Held,
    name: &'static str,
    log: PathBuf,
}

impl Logged {
    /// Starts what `lifeline::command` made, in `folder`, where the log is `name.log`.
    pub(crate) fn start(name: &'static str, mut command: Command, folder: &Path) -> Result<Self, Error> {
        let log = folder.join(format!("{name}.log"));
        let open = || File::options().create(true).append(true).open(&log).map_err(Error::at("write", &log));
        // In the folder, so that whatever it leaves in its working folder goes with that.
        command.stdout(open()?).stderr(open()?).current_dir(folder);
        let held = lifeline::spawn(command)?;
        Ok(Self { held, name, log })
    }

    /// All that it has written so far.
    pub(crate) fn log(&self) -> String {
        let read = fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        read.unwrap_or_else(|reason| format!("(no log: {reason})"))
    }

    /// An error where it has ended.
    pub(crate) fn must_run(&mut self) -> Result<(), Error> {
        match self.held.exited()? {
            Some(status) => Err(self.failed(&format!("ended early ({status})"))),
            None => Ok(()),
        }
    }

    /// "NAME `how`; its log ends with …".
    pub(crate) fn failed(&self, how: &str) -> Error {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines.get(lines.len().saturating_sub(TAIL)..).unwrap_or_default();
        Error::new(format!("{} {how}; its log ends with:\n{}", self.name, tail.join("\n")))
    }
}
