//! The file that the CA of this run is written to, and when it is not.

use std::fs;

use xtask::scratch::Scratch;

use crate::running::{Running, run};

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
