//! A held program with its output in a file, so that an error can quote it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Error,
    lifeline::{self, Held},
};

/// The last lines of a log that an error quotes.
const TAIL: usize = 15;

#[derive(Debug)]
pub(crate) struct Logged {
    pub(crate) held: Held,
    name: &'static str,
    log: PathBuf,
}

impl Logged {
    /// Starts a command from `lifeline::command` in `folder`, with its log in `name.log`.
    pub(crate) fn start(name: &'static str, mut command: Command, folder: &Path) -> Result<Self, Error> {
        let log = folder.join(format!("{name}.log"));
        let open = || File::options().create(true).append(true).open(&log).map_err(Error::at("write", &log));
        // In the folder, so that its files disappear with the folder.
        command.stdout(open()?).stderr(open()?).current_dir(folder);
        let held = lifeline::spawn(command)?;
        Ok(Self { held, name, log })
    }

    pub(crate) fn log(&self) -> String {
        let read = fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        read.unwrap_or_else(|reason| format!("(no log: {reason})"))
    }

    /// Fails if it has ended.
    pub(crate) fn must_run(&mut self) -> Result<(), Error> {
        match self.held.exited()? {
            Some(status) => Err(self.failed(&format!("ended early ({status})"))),
            None => Ok(()),
        }
    }

    /// "NAME `outcome`; its log ends with …".
    pub(crate) fn failed(&self, outcome: &str) -> Error {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines.get(lines.len().saturating_sub(TAIL)..).unwrap_or_default();
        Error::new(format!("{} {outcome}; its log ends with:\n{}", self.name, tail.join("\n")))
    }
}
