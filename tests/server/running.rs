//! The binary: `podwright serve` on free ports, and commands that run to their end.

use std::env;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use xtask::lifeline::{self, Held};
use xtask::scratch::Scratch;

use crate::limited;

pub(crate) const PODWRIGHT: &str = env!("CARGO_BIN_EXE_podwright");
/// Ends a test that hangs; long, because a busy machine is slow.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A server that has logged its addresses; it ends with the test.
pub(crate) struct Running {
    pub(crate) held: Held,
    pub(crate) webhook: SocketAddr,
    pub(crate) admin: SocketAddr,
    folder: Scratch,
}

impl Running {
    /// Starts a server with a CA in memory.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = Scratch::new().unwrap();
        let ca = folder.path().join("ca.crt");
        let arguments = [&["--ca-file", ca.to_str().unwrap()], arguments].concat();
        Self::start_in(folder, &arguments)
    }

    /// Starts a server with this lame duck; all others have none.
    pub(crate) fn start_with_lame_duck(lame_duck: &str) -> Self {
        let folder = Scratch::new().unwrap();
        Self::spawn(folder, &["--ca-file", "ca.crt", "--lame-duck", lame_duck])
    }

    /// Starts a server with these arguments only, in this folder.
    pub(crate) fn start_in(folder: Scratch, arguments: &[&str]) -> Self {
        Self::spawn(folder, &[&["--lame-duck", "0s"], arguments].concat())
    }

    /// Starts a server with limits that no option sets.
    pub(crate) fn start_limited(limits: &str) -> Self {
        let mut command = lifeline::command(env::current_exe().unwrap());
        command.args([limited::PROCESS, "--exact", "--nocapture"]).env(limited::VARIABLE, limits);
        Self::spawn_command(command, Scratch::new().unwrap())
    }

    /// Starts a server with a limit of file descriptors.
    pub(crate) fn start_with_files(most: u32) -> Self {
        Self::start_with_files_and(most, &[])
    }

    /// Starts a server with a limit of file descriptors and these arguments.
    pub(crate) fn start_with_files_and(most: u32, arguments: &[&str]) -> Self {
        let mut command = lifeline::command("sh");
        command.args(["-c", &format!("ulimit -n {most} && exec \"$@\""), "sh", PODWRIGHT]);
        let arguments = [&["--ca-file", "ca.crt", "--lame-duck", "0s"], arguments].concat();
        Self::spawn_by(command, Scratch::new().unwrap(), &arguments)
    }

    /// Starts a server with these environment variables.
    pub(crate) fn start_with_variables(variables: &[(&str, &str)]) -> Self {
        let binary = env::var_os("PODWRIGHT_BINARY").unwrap_or_else(|| PODWRIGHT.into());
        let mut command = lifeline::command(binary);
        command.envs(variables.iter().copied());
        Self::spawn_by(command, Scratch::new().unwrap(), &["--ca-file", "ca.crt", "--lame-duck", "0s"])
    }

    fn spawn(folder: Scratch, arguments: &[&str]) -> Self {
        Self::spawn_by(lifeline::command(PODWRIGHT), folder, arguments)
    }

    fn spawn_by(mut command: Command, folder: Scratch, arguments: &[&str]) -> Self {
        command.args(["serve", "--bind", "127.0.0.1:0", "--admin-bind", "127.0.0.1:0"]).args(arguments);
        Self::spawn_command(command, folder)
    }

    fn spawn_command(mut command: Command, folder: Scratch) -> Self {
        command.env("RUST_LOG", "trace").current_dir(folder.path());
        command.stdout(File::create(folder.path().join("out")).unwrap());
        command.stderr(File::create(folder.path().join("log")).unwrap());
        let held = lifeline::spawn(command).unwrap();
        let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
        let mut running = Self { held, webhook: nowhere, admin: nowhere, folder };
        running.webhook = running.address("https://");
        running.admin = running.address("http://");
        running
    }

    /// Starts a server with a log that cannot be written, so the test chooses its ports. It chooses again if another
    /// process takes one.
    pub(crate) fn unheard(log: impl Fn() -> Stdio) -> Self {
        (0..5).find_map(|_| Self::try_unheard(log())).expect("no start in five: is a panic in the log to blame?")
    }

    fn try_unheard(log: Stdio) -> Option<Self> {
        let free = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [webhook, admin] = free.map(|listener| listener.local_addr().unwrap());
        let folder = Scratch::new().unwrap();
        let mut command = lifeline::command(PODWRIGHT);
        command.args(["serve", "--bind", &webhook.to_string(), "--admin-bind", &admin.to_string()]);
        command.args(["--ca-file", "ca.crt", "--lame-duck", "0s"]).env("RUST_LOG", "trace").current_dir(folder.path());
        command.stdout(Stdio::null()).stderr(log);
        let held = lifeline::spawn(command).unwrap();
        let mut running = Self { held, webhook, admin, folder };
        let deadline = Instant::now() + PATIENCE;
        // Checks both, because another process may answer on a lost port.
        while !running.file("ca.crt").exists() || TcpStream::connect(webhook).is_err() {
            if running.held.exited().unwrap().is_some() {
                return None;
            }
            assert!(Instant::now() < deadline, "not listening, and it cannot say why");
            sleep(Duration::from_millis(5));
        }
        Some(running)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    /// Sends the signal, waits for the end, and returns the exit status and the duration.
    pub(crate) fn stop(&mut self, signal: &str) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        self.held.signal(signal).unwrap();
        (self.ended(), begun.elapsed())
    }

    pub(crate) fn ended(&mut self) -> ExitStatus {
        let ended = self.held.wait(PATIENCE).unwrap();
        ended.unwrap_or_else(|| panic!("still running:\n{}", self.read("log")))
    }

    fn address(&mut self, scheme: &str) -> SocketAddr {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let log = self.read("log");
            if let Some(address) = address(&log, scheme) {
                return address;
            }
            assert!(self.held.exited().unwrap().is_none() && Instant::now() < deadline, "not listening:\n{log}");
            sleep(Duration::from_millis(5));
        }
    }
}

/// Reads complete lines only: the last one may still be growing.
fn address(log: &str, scheme: &str) -> Option<SocketAddr> {
    let mut lines = log.split_inclusive('\n').filter(|line| line.contains("listening") && line.ends_with('\n'));
    lines.find_map(|line| line.split_once(scheme)?.1.split(['"', '\n']).next()?.parse().ok())
}

/// A command's exit code and output.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs podwright to its end.
pub(crate) fn run(arguments: &[&str]) -> Ended {
    let output = Command::new(PODWRIGHT).args(arguments).output().unwrap();
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs `podwright certs --out FOLDER …`, which must succeed.
pub(crate) fn certs(folder: &Path, names: &[&str]) -> Ended {
    let names = names.iter().flat_map(|name| ["--dns", name]);
    let ended = run(&["certs", "--out", folder.to_str().unwrap()].into_iter().chain(names).collect::<Vec<_>>());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended
}

/// The number of connections that this process may open, at most `wanted`. Prints a note if there are fewer.
pub(crate) fn room_for(wanted: usize) -> usize {
    let process = std::process::id().to_string();
    // A process may raise its soft limit up to the hard limit.
    let _ = Command::new("prlimit").args(["--pid", &process, "--nofile=16384:"]).output();
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    let most: usize = files.split_whitespace().next().unwrap().parse().unwrap_or(usize::MAX);
    // Other tests of this process need some as well.
    let room = wanted.min(most.saturating_sub(500));
    if room < wanted {
        eprintln!("ONLY {room} CONNECTIONS INSTEAD OF {wanted}: this process may open {most} files (ulimit -n)");
    }
    room
}
