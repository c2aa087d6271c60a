//! A held program with its output in a file, so that an error can quote it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    Error,
    lifeline::{self, Held},
    wait::poll,
};

/// The last lines of a log that an error quotes.
const TAIL: usize = 15;

#[derive(Debug)]
pub(crate) struct Logged {
    pub(crate) held: Held,
    name: String,
    log: PathBuf,
}

impl Logged {
    /// Starts a command from `lifeline::command` in `folder`, with its log in `name.log`.
    pub(crate) fn start(name: &str, mut command: Command, folder: &Path) -> Result<Self, Error> {
        let log = folder.join(format!("{name}.log"));
        let open = || File::options().create(true).append(true).open(&log).map_err(Error::at("write", &log));
        // In the folder, so that its files disappear with the folder.
        command.stdout(open()?).stderr(open()?).current_dir(folder);
        let held = lifeline::spawn(command)?;
        Ok(Self { held, name: name.to_owned(), log })
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

    /// Waits until `look` finds something, and fails at once if the program ends. Other errors count as not yet.
    pub(crate) fn wait_for<T>(
        &mut self,
        patience: Duration,
        mut look: impl FnMut(&str) -> Result<Option<T>, Error>,
    ) -> Result<T, Error> {
        let mut last = String::new();
        let found = poll(patience, || match self.must_run().map(|()| look(&self.log())) {
            Err(ended) => Some(Err(ended)),
            Ok(Ok(found)) => found.map(Ok),
            Ok(Err(error)) => {
                last = format!("; last: {error}");
                None
            }
        });
        let late = || Err(self.failed(&format!("was not ready after {} s{last}", patience.as_secs())));
        found.unwrap_or_else(late)
    }

    /// "NAME `outcome`; its log ends with …".
    fn failed(&self, outcome: &str) -> Error {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines.get(lines.len().saturating_sub(TAIL)..).unwrap_or_default();
        Error::new(format!("{} {outcome}; its log ends with:\n{}", self.name, tail.join("\n")))
    }
}
