//! What the server writes beside its answers: the log, and the CA of this run.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use xtask::lifeline;
use xtask::scratch::Scratch;

use crate::running::{PATIENCE, PODWRIGHT, Running, run};

/// It once ended with 134: the failed line was to be logged, that failed, and the panic's own log line failed again.
#[test]
fn a_log_that_cannot_be_written_ends_nothing() {
    let folder = Scratch::new().unwrap();
    let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (webhook, admin) = (free(), free());
    let mut command = lifeline::command(PODWRIGHT);
    command.args(["serve", "--bind", &webhook, "--admin-bind", &admin]).current_dir(folder.path());
    command.stdout(File::create(folder.path().join("out")).unwrap());
    command.stderr(File::options().write(true).open("/dev/full").unwrap());
    let mut held = lifeline::spawn(command).unwrap();
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect(&webhook).is_err() {
        assert_eq!(held.exited().unwrap(), None, "ended for want of a log");
        assert!(Instant::now() < deadline, "does not listen");
        std::thread::sleep(Duration::from_millis(5));
    }
    held.signal("TERM").unwrap();
    assert_eq!(held.wait(PATIENCE).unwrap().and_then(|status| status.code()), Some(0));
}

#[test]
fn a_server_that_cannot_listen_leaves_the_ca_file_of_the_one_that_does() {
    let first = Running::start(&[]);
    let (path, ca) = (first.file("ca.crt"), first.read("ca.crt"));
    let taken = first.webhook.to_string();
    let second = run(&["serve", "--bind", &taken, "--admin-bind", "127.0.0.1:0", "--ca-file", path.to_str().unwrap()]);
    assert_eq!((second.code, second.stdout.as_str()), (Some(1), ""), "{second:?}");
    assert_eq!(fs::read_to_string(path).unwrap(), ca);
}

#[test]
fn a_ca_file_that_is_something_else_is_spared() {
    let folder = Scratch::new().unwrap();
    let key = folder.write("ca.key", "-----BEGIN PRIVATE KEY-----\n").unwrap();
    let free = ["serve", "--bind", "127.0.0.1:0", "--admin-bind", "127.0.0.1:0", "--ca-file"];
    let ended = run(&[&free[..], &[key.to_str().unwrap()]].concat());
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("holds no certificate, so it is not replaced. Expected"), "{ended:?}");
    assert_eq!(fs::read_to_string(key).unwrap(), "-----BEGIN PRIVATE KEY-----\n");
}
