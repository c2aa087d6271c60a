//! Errors that keep the server from starting: their text with the accepted values, and exit codes.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use xtask::scratch::Scratch;

use crate::running::{certs, run};

const FREE: [&str; 5] = ["serve", "--bind", "127.0.0.1:0", "--admin-bind", "127.0.0.1:0"];

#[test]
fn ports_that_are_taken_are_named_both_at_once() {
    let taken = [TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap()];
    let [bind, admin] = taken.each_ref().map(|listener| listener.local_addr().unwrap().to_string());
    let ended = run(&["serve", "--bind", &bind, "--admin-bind", &admin]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    for words in [&format!("cannot listen on {bind} (--bind)"), &format!("on {admin} (--admin-bind)"), "such as `"] {
        assert!(ended.stderr.contains(words), "{words}: {ended:?}");
    }
}

#[test]
fn pairs_that_cannot_be_served_are_refused_with_what_was_expected() {
    let (folder, other) = (Scratch::new().unwrap(), Scratch::new().unwrap());
    certs(folder.path(), &[]);
    certs(other.path(), &[]);
    folder.write("empty", "").unwrap();
    folder.write("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    let other_key = other.path().join("tls.key");
    #[rustfmt::skip]
    let cases: [(&str, &Path, &[&str]); 7] = [
        ("missing.crt", Path::new("missing.key"), &["missing.crt", "missing.key", "No such file", "podwright certs"]),
        ("tls.crt", &other_key, &["does not belong to the certificate", "certs/tls.key"]),
        ("empty", Path::new("tls.key"), &["has no certificate", "-----BEGIN CERTIFICATE-----"]),
        ("tls.crt", Path::new("empty"), &["has no readable private key", "-----BEGIN PRIVATE KEY-----"]),
        ("tls.key", Path::new("tls.crt"), &["has no certificate", "has no readable private key", "belongs to the other flag"]),
        ("broken", Path::new("tls.key"), &["broken", "no X.509 certificate"]),
        (".", Path::new("tls.key"), &["cannot read the certificate"]),
    ];
    for (certificate, key, words) in cases {
        let [certificate, key] = [folder.path().join(certificate), folder.path().join(key)];
        let files = ["--tls-cert-file", certificate.to_str().unwrap(), "--tls-private-key-file", key.to_str().unwrap()];
        let ended = run(&[&FREE[..], &files].concat());
        assert_eq!(ended.code, Some(1), "{ended:?}");
        for words in words {
            assert!(ended.stderr.contains(words), "{words}: {ended:?}");
        }
        assert!(!ended.stderr.contains("-----END"), "content of a file was shown: {ended:?}");
    }
}

#[test]
fn flags_that_do_not_go_together_are_usage_errors() {
    for (flags, words) in [
        (&["--tls-cert-file", "a"][..], "--tls-private-key-file <FILE>"),
        (&["--tls-private-key-file", "a"], "--tls-cert-file <FILE>"),
        (&["--tls-cert-file", "a", "--tls-private-key-file", "b", "--dns", "c"], "cannot be used with"),
        (&["--tls-cert-file", "a", "--tls-private-key-file", "b", "--ca-file", "c"], "cannot be used with"),
        (&["--dns", "a b"], "such as `podwright.podwright-system.svc`"),
        (
            &["--max-connections", "0"],
            "invalid value '0' for '--max-connections <NUMBER>': expected a whole number from 1",
        ),
        (&["--max-connections-per-address", "many"], "expected a whole number from 1 to 1000000, such as `4096`"),
        (&["--idle-timeout", "10ms"], "expected a duration from 1s to 24h, such as `5m`"),
        (&["--idle-timeout", "25h"], "expected a duration from 1s to 24h, such as `5m`"),
        (
            &["--lame-duck", "-5s"],
            "invalid value '-5s' for '--lame-duck <DURATION>': expected a duration from 0s to 1h, such as",
        ),
        (&["--lame-duck", "61m"], "expected a duration from 0s to 1h, such as `10s`"),
        (&["--reload-interval", "2h"], "expected a duration from 1ms to 1h, such as `2s`"),
        (
            &["--max-connections", "-1"],
            "invalid value '-1' for '--max-connections <NUMBER>': expected a whole number from 1",
        ),
        (
            &["--max-connections", "10", "--max-connections-per-address", "11"],
            "invalid --max-connections-per-address 11: expected at most --max-connections (10), such as `--max",
        ),
        (
            &["--reload-interval", "soon"],
            "invalid value 'soon' for '--reload-interval <DURATION>': expected a duration from 1ms to 1h",
        ),
    ] {
        let ended = run(&[&FREE[..], flags].concat());
        assert!(ended.code == Some(2) && ended.stderr.contains(words), "{flags:?}: {ended:?}");
    }
    let ended = run(&["serve", "--bind", "localhost:8443"]);
    assert!(ended.code == Some(2) && ended.stderr.contains("0.0.0.0:8443"), "{ended:?}");
}

#[test]
fn a_ca_that_cannot_be_written_is_said_before_anything_listens() {
    let folder = Scratch::new().unwrap();
    for file in ["no/such/folder/ca.crt", ""] {
        let path = folder.path().join(file);
        let ended = run(&[&FREE[..], &["--ca-file", path.to_str().unwrap()]].concat());
        assert!(ended.code == Some(1) && ended.stderr.contains("cannot write the CA to"), "{ended:?}");
        assert!(!ended.stderr.contains("listening"), "{ended:?}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "something was left behind");
}
