//! The file for the CA that the server makes, and the cases in which it is not written.

use std::fs::{self, File};
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixListener;
use std::path::Path;

use xtask::lifeline;
use xtask::scratch::Scratch;

use crate::running::{PATIENCE, PODWRIGHT, Running, certs, run};

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
    certs(folder.path(), &[]);
    let [ca, key] = ["ca.crt", "ca.key"].map(|name| fs::read_to_string(folder.path().join(name)).unwrap());
    folder.write("both", &format!("{ca}{key}")).unwrap();
    folder.write("notes", "not PEM at all").unwrap();
    folder.write("binary", "\0\n").unwrap();
    for name in ["ca.key", "both", "notes", "binary"] {
        let path = folder.path().join(name);
        let before = fs::read(&path).unwrap();
        spared(&path);
        assert_eq!(fs::read(&path).unwrap(), before, "{name} was replaced");
    }
}

/// A rename would replace the file anyway. The test uses a socket, because root can read every regular file.
#[test]
fn a_ca_file_that_cannot_be_read_is_spared() {
    let folder = Scratch::new().unwrap();
    let socket = folder.path().join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    spared(&socket);
    assert!(fs::metadata(&socket).unwrap().file_type().is_socket(), "the socket was replaced");
}

/// Does not use `run`: a server that had replaced the file would not end.
fn spared(path: &Path) {
    let said = Scratch::new().unwrap();
    let mut command = lifeline::command(PODWRIGHT);
    command.args(["serve", "--bind", "127.0.0.1:0", "--admin-bind", "127.0.0.1:0", "--lame-duck", "0s", "--ca-file"]);
    command.arg(path);
    command.stdout(File::create(said.path().join("out")).unwrap());
    command.stderr(File::create(said.path().join("err")).unwrap());
    let ended = lifeline::spawn(command).unwrap().wait(PATIENCE).unwrap();
    let [out, err] = ["out", "err"].map(|name| fs::read_to_string(said.path().join(name)).unwrap());
    assert_eq!((ended.and_then(|status| status.code()), out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("does not replace an existing file unless"), "{err}");
}
