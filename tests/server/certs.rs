//! `podwright certs`: the files that it keeps, replaces and does not touch.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};
use xtask::scratch::Scratch;

use crate::running::{PODWRIGHT, certs, run};

const FILES: [&str; 4] = ["ca.crt", "ca.key", "tls.crt", "tls.key"];

#[test]
fn a_second_run_keeps_the_ca_and_issues_a_new_pair() {
    let folder = Scratch::new().unwrap();
    let out = folder.path().join("new/certs");
    let first = certs(&out, &[]);
    assert!(first.stdout.contains("CA created") && first.stdout.contains("localhost, 127.0.0.1, ::1"), "{first:?}");
    let [ca, ca_key, certificate, key] = content(&out);
    let second = certs(&out, &["podwright.example"]);
    assert!(second.stdout.contains("CA kept") && second.stdout.contains("podwright.example"), "{second:?}");
    let now = content(&out);
    assert_eq!([&now[0], &now[1]], [&ca, &ca_key]);
    assert!(now[2] != certificate && now[3] != key);
    assert_eq!(fs::read_dir(&out).unwrap().count(), FILES.len(), "something was left behind");
}

#[test]
fn keys_are_their_owners_alone() {
    let folder = Scratch::new().unwrap();
    // The second run replaces existing files.
    for _ in 0..2 {
        certs(folder.path(), &[]);
        for (name, mode) in [("ca.key", 0o600), ("tls.key", 0o600)] {
            let found = fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
            assert_eq!(found, mode, "{name}: {found:o}");
        }
    }
}

#[test]
fn the_commands_that_are_printed_work() {
    let folder = Scratch::new().unwrap();
    for (index, (names, url)) in [
        (&[][..], "https://localhost:8443/mutate"),
        (&["webhook.example", "192.0.2.7"], "https://webhook.example:8443/mutate"),
        (&["192.0.2.7"], "https://192.0.2.7:8443/mutate"),
        (&["::1"], "https://[::1]:8443/mutate"),
        (&["*.example.com", "webhook.example"], "https://webhook.example:8443/mutate"),
        (&["*.example.com"], "https://webhook.example.com:8443/mutate"),
    ]
    .into_iter()
    .enumerate()
    {
        let out = folder.path().join(format!("it's {index} $HOME"));
        let said = certs(&out, names).stdout;
        let printed = sh(&said, "podwright install", "podwright() { \"$PODWRIGHT\" \"$@\"; }; kubectl() { cat; }");
        assert!(printed.lines().any(|line| line.ends_with(url)), "{said}\n{printed}");
        let [certificate, key] = ["tls.crt", "tls.key"].map(|name| out.join(name).display().to_string());
        let arguments = sh(&said, "podwright serve", "podwright() { printf '%s\\n' \"$@\"; }");
        let expected = format!("serve\n--tls-cert-file\n{certificate}\n--tls-private-key-file\n{key}\n");
        assert_eq!(arguments, expected, "{said}");
    }
}

#[test]
fn a_wildcard_alone_says_that_the_host_is_an_example() {
    let folder = Scratch::new().unwrap();
    let said = certs(folder.path(), &["*.example.com"]).stdout;
    assert!(said.contains("webhook.example.com is an example; use any name that *.example.com matches"), "{said}");
    assert!(!certs(folder.path(), &["a.example"]).stdout.contains("an example"));
}

#[test]
fn a_name_given_twice_is_one() {
    let folder = Scratch::new().unwrap();
    let said = certs(folder.path(), &["a.example", "::1", "A.Example", "0:0::1"]).stdout;
    assert!(said.contains("written for a.example, ::1, valid"), "{said}");
}

/// Runs the printed line that begins with these words, unchanged, after these definitions.
fn sh(said: &str, begins: &str, definitions: &str) -> String {
    let line = said.lines().map(str::trim).find(|line| line.starts_with(begins)).unwrap();
    let output =
        Command::new("sh").args(["-c", &format!("{definitions}; {line}")]).env("PODWRIGHT", PODWRIGHT).output();
    let output = output.unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{line}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_ca_that_cannot_sign_is_left_alone_and_said() {
    let (expired, expired_key) = authority(|params| params.not_after = date_time_ymd(2020, 1, 1));
    let (future, future_key) = authority(|params| params.not_before = date_time_ymd(2999, 1, 1));
    let (leaf, leaf_key) = authority(|params| params.is_ca = IsCa::NoCa);
    let (other, other_key) = authority(|_| ());
    #[rustfmt::skip]
    let cases: [(Option<&str>, Option<&str>, &str); 8] = [
        (Some(&expired), Some(&expired_key), "expired on 2020-01-01"),
        (Some(&future), Some(&future_key), "not valid before 2999-01-01"),
        (Some(&leaf), Some(&leaf_key), "not a CA certificate"),
        (Some(&other), Some(&leaf_key), "the key belongs to another certificate"),
        (Some("no PEM"), Some(&other_key), "-----BEGIN CERTIFICATE-----"),
        (Some(&other), Some("no PEM"), "the key is not a usable PEM private key"),
        (Some(&other), None, "ca.key is missing"),
        (None, Some(&other_key), "ca.crt is missing"),
    ];
    for (certificate, key, words) in cases {
        let folder = Scratch::new().unwrap();
        let there = [("ca.crt", certificate), ("ca.key", key)];
        for (name, content) in there.into_iter().filter_map(|(name, content)| Some((name, content?))) {
            folder.write(name, content).unwrap();
        }
        refused(folder.path(), words);
        for (name, content) in there {
            assert_eq!(fs::read_to_string(folder.path().join(name)).ok().as_deref(), content, "{name} was touched");
        }
    }
}

#[test]
fn a_ca_of_somebody_else_signs_where_it_can() {
    let (certificate, key) = authority(|_| ());
    let folder = Scratch::new().unwrap();
    folder.write("ca.crt", &certificate).unwrap();
    folder.write("ca.key", &key).unwrap();
    assert!(certs(folder.path(), &[]).stdout.contains("CA kept"));
}

#[test]
fn a_pair_that_this_ca_did_not_sign_is_left_alone() {
    let (foreign, foreign_key) = authority(|_| ());
    for with_ca in [true, false] {
        let folder = Scratch::new().unwrap();
        if with_ca {
            certs(folder.path(), &[]);
        }
        folder.write("tls.crt", &foreign).unwrap();
        folder.write("tls.key", &foreign_key).unwrap();
        refused(folder.path(), "did not sign the existing");
        assert_eq!(fs::read_to_string(folder.path().join("tls.key")).unwrap(), foreign_key);
        assert_eq!(folder.path().join("ca.crt").exists(), with_ca, "a CA was left behind");
    }
}

#[test]
fn what_is_no_name_is_a_usage_error() {
    let ended = run(&["certs", "--out", "/nowhere", "--dns", "https://webhook.example"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("is not a DNS name or an IP address"), "{ended:?}");
}

fn refused(folder: &Path, words: &str) {
    let ended = run(&["certs", "--out", folder.to_str().unwrap()]);
    assert!(ended.code == Some(1) && ended.stderr.contains(words), "{words}: {ended:?}");
    assert!(ended.stderr.starts_with("error: ") && ended.stderr.contains("podwright changed nothing"));
}

fn content(folder: &Path) -> [String; 4] {
    FILES.map(|name| fs::read_to_string(folder.join(name)).unwrap())
}

fn authority(change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    change(&mut params);
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}
