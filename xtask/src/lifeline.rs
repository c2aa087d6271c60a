//! Programs that end with this process, even if SIGKILL ends it and nothing is dropped.
//!
//! `sh` starts a watcher and then becomes the program, so pid, exit status and output are the program's own. The
//! watcher reads a pipe whose other end only this process holds. When the pipe closes, it sends SIGTERM and, after a
//! grace period, SIGKILL. The program needs no support for this, so it works for released binaries.

use std::{
    ffi::OsStr,
    os::unix::process::CommandExt,
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    time::Duration,
};

use crate::{Error, bail, wait::poll};

/// The time between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(5);

/// A command for [`spawn`] that runs `program`, found on `PATH`. The caller may add anything but standard input.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    with_grace(program.as_ref(), GRACE)
}

/// A command as from [`command`] for a program with nothing to finish: SIGKILL follows SIGTERM at once.
pub fn command_without_grace(program: impl AsRef<OsStr>) -> Command {
    with_grace(program.as_ref(), Duration::ZERO)
}

/// Starts a command from [`command`].
pub fn spawn(mut command: Command) -> Result<Held, Error> {
    // In its own process group the program gets no Ctrl-C of the terminal; it ends when the pipe closes.
    let mut child = command
        .stdin(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|reason| Error::new(format!("cannot start {command:?}: {reason}")))?;
    Ok(Held { pipe: child.stdin.take(), child })
}

/// A running program that ends when this is dropped, and when this process ends.
#[derive(Debug)]
pub struct Held {
    pipe: Option<ChildStdin>,
    child: Child,
}

impl Held {
    /// The program's own process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The reading end of standard output, once, if the command has `Stdio::piped()`.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// The reading end of standard error, once, if the command has `Stdio::piped()`.
    pub fn stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// Sends the program a signal by its POSIX name: `TERM`, `INT`, `HUP`, `KILL`.
    pub fn signal(&self, name: &str) -> Result<(), Error> {
        let pid = self.pid().to_string();
        let sent = Command::new("sh").args(["-c", "kill -s \"$1\" \"$2\"", "kill", name, &pid]).status();
        match sent {
            Ok(status) if status.success() => Ok(()),
            _ => bail!("cannot send SIG{name} to process {pid}: it has ended, or the signal is unknown"),
        }
    }

    /// The exit status, or `None` while it runs.
    pub fn exited(&mut self) -> Result<Option<ExitStatus>, Error> {
        self.child
            .try_wait()
            .map_err(|reason| Error::new(format!("cannot read the status of process {}: {reason}", self.pid())))
    }

    /// Waits for the end, at most `patience`: `None` if it still runs then.
    pub fn wait(&mut self, patience: Duration) -> Result<Option<ExitStatus>, Error> {
        poll(patience, || self.exited().transpose()).transpose()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.pipe.take());
        // Only if the watcher was killed.
        if !matches!(self.wait(GRACE + Duration::from_secs(1)), Ok(Some(_))) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn with_grace(program: &OsStr, grace: Duration) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", include_str!("lifeline.sh"), "lifeline"]);
    command.arg(grace.as_millis().to_string()).arg(program);
    command
}
