//! The lifeline on real processes: the holder of programs and folders is killed, and nothing remains.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test fails by panicking")]

use std::{
    env,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use xtask::{control_plane::ControlPlane, lifeline, scratch::Scratch};

/// Ends a test that hangs; long, because a busy machine is slow.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn the_pid_the_output_and_the_status_are_the_programs_own() {
    let mut command = lifeline::command("sh");
    command.args(["-c", "echo out $$; echo err >&2; cat; exit 7"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut held = lifeline::spawn(command).unwrap();
    let (mut out, mut err) = (String::new(), String::new());
    held.stdout().unwrap().read_to_string(&mut out).unwrap();
    held.stderr().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((out, err), (format!("out {}\n", held.pid()), "err\n".to_owned()));
    assert_eq!(held.wait(PATIENCE).unwrap().unwrap().code(), Some(7));
}

/// Not with INT or HUP: a background job (`… &`, nohup) ignores those, children inherit that, and a shell cannot trap a
/// signal that was ignored when it started.
#[test]
fn a_signal_reaches_the_program_itself() {
    for (signal, code) in [("TERM", 3), ("USR1", 4)] {
        let mut command = lifeline::command("sh");
        let traps = "trap 'exit 3' TERM; trap 'exit 4' USR1; echo up; while :; do sleep 0.01; done";
        command.args(["-c", traps]).stdout(Stdio::piped());
        let mut held = lifeline::spawn(command).unwrap();
        first_line(&mut held);
        assert_eq!(held.wait(Duration::ZERO).unwrap(), None);
        held.signal(signal).unwrap();
        assert_eq!(held.wait(PATIENCE).unwrap().unwrap().code(), Some(code), "SIG{signal}");
    }
}

#[test]
fn dropping_ends_a_program_that_ignores_sigterm() {
    let mut command = lifeline::command("sh");
    command.args(["-c", "trap '' TERM; echo up; while :; do sleep 0.01; done"]).stdout(Stdio::piped());
    let mut held = lifeline::spawn(command).unwrap();
    first_line(&mut held);
    let pid = held.pid();
    assert!(runs(pid));
    drop(held);
    assert!(!runs(pid));
}

#[test]
fn a_program_that_is_not_there_ends_with_127() {
    let mut command = lifeline::command("/there/is/no/such/program");
    command.stderr(Stdio::null());
    let mut held = lifeline::spawn(command).unwrap();
    assert_eq!(held.wait(PATIENCE).unwrap().unwrap().code(), Some(127));
}

#[test]
fn dropping_a_scratch_folder_removes_it() {
    let scratch = Scratch::new().unwrap();
    scratch.write("file", "content").unwrap();
    let path = scratch.path().to_owned();
    assert!(path.is_dir());
    drop(scratch);
    assert!(!path.exists());
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_killed_holder_leaves_nothing() {
    const HOLD: &str = "PODWRIGHT_TEST_HOLD";
    if env::var_os(HOLD).is_some() {
        return hold();
    }
    // Runs this test once more as the process to be killed.
    let mut holder = Command::new(env::current_exe().unwrap())
        .args(["--exact", "a_killed_holder_leaves_nothing", "--include-ignored", "--nocapture"])
        .env(HOLD, "yes")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    let line =
        lines.find_map(|line| Some(line.unwrap().strip_prefix("holds ")?.to_owned())).expect("the holder failed");
    let [etcd, apiserver, folder] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let pids = [etcd, apiserver].map(|pid| pid.parse().unwrap());
    assert!(pids.into_iter().all(runs) && Path::new(folder).is_dir());

    holder.kill().unwrap(); // SIGKILL
    holder.wait().unwrap();

    let deadline = Instant::now() + PATIENCE;
    while mentions(folder) || pids.into_iter().any(runs) || Path::new(folder).exists() {
        assert!(Instant::now() < deadline, "still there: {line}");
        sleep(Duration::from_millis(20));
    }
}

fn hold() {
    let held = ControlPlane::start().unwrap();
    let [etcd, apiserver] = held.pids();
    println!("\nholds {etcd} {apiserver} {}", held.folder().display());
    sleep(Duration::from_secs(600));
}

fn first_line(held: &mut lifeline::Held) {
    BufReader::new(held.stdout().unwrap()).read_line(&mut String::new()).unwrap();
}

/// A zombie has ended; reaping it is up to its new parent.
fn runs(pid: u32) -> bool {
    let state = ps(&["-o", "stat=", "-p", &pid.to_string()]);
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}

/// Whether any process, a watcher included, has the folder in its command line.
fn mentions(folder: &str) -> bool {
    ps(&["-A", "-o", "args="]).lines().any(|line| line.contains(folder))
}

fn ps(arguments: &[&str]) -> String {
    let output = Command::new("ps").args(arguments).output().expect("this test needs `ps`");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
