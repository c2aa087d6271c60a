//! Programs that end with this process, also when it is killed by SIGKILL and nothing is dropped.
//!
//! A program is started by way of `sh`, which leaves a watcher behind and then becomes the program: its pid, its exit
//! status and its output are the program's own. The watcher reads a pipe whose other end only this process holds; at the
//! pipe's end it sends SIGTERM and, after a grace period, SIGKILL. Nothing is asked of the program, so this holds for
//! released binaries too. It never restarts a program, and never outlives one by more than the grace period.

use std::{
    ffi::OsStr,
    os::unix::process::CommandExt,
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{Error, bail};

/// How long a program may take to end after SIGTERM, before SIGKILL.
const GRACE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(5);

/// A command for [`spawn`] that runs `program`, found as `PATH` says. Add arguments, environment, a folder, standard
/// output and standard error to it; standard input is taken.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    with_grace(program.as_ref(), GRACE)
}

/// As [`command`], for a program with nothing to finish: SIGKILL follows SIGTERM at once.
pub fn command_without_grace(program: impl AsRef<OsStr>) -> Command {
    with_grace(program.as_ref(), Duration::ZERO)
}

/// Starts what [`command`] made.
pub fn spawn(mut command: Command) -> Result<Held, Error> {
    // A process group of its own: Ctrl-C in a terminal then ends the holder alone, and the pipe's end the rest.
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

    /// The reading end of its standard output, once, where the command said `Stdio::piped()`.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// The reading end of its standard error, once, where the command said `Stdio::piped()`.
    pub fn stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// Sends the program itself a signal by its POSIX name: `TERM`, `INT`, `HUP`, `KILL`.
    pub fn signal(&self, name: &str) -> Result<(), Error> {
        let pid = self.pid().to_string();
        let sent = Command::new("sh").args(["-c", "kill -s \"$1\" \"$2\"", "kill", name, &pid]).status();
        match sent {
            Ok(status) if status.success() => Ok(()),
            _ => bail!("cannot send SIG{name} to process {pid}: it has ended, or the signal is unknown"),
        }
    }

    /// Its exit status where it has ended, without waiting.
    pub fn exited(&mut self) -> Result<Option<ExitStatus>, Error> {
        self.child.try_wait().map_err(|reason| Error::new(format!("cannot ask after process {}: {reason}", self.pid())))
    }

    /// Waits for its end, `patience` at most: `None` where it still runs then.
    pub fn wait(&mut self, patience: Duration) -> Result<Option<ExitStatus>, Error> {
        let deadline = Instant::now() + patience;
        loop {
            match self.exited()? {
                None if Instant::now() < deadline => sleep(POLL),
                ended => return Ok(ended),
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.pipe.take());
        // The watcher does it; were the watcher itself killed, this does.
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
