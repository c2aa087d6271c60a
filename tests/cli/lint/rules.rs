//! `--select` and `--ignore`.

use std::fs;

use xtask::scratch::Scratch;

use super::{DENIED, WARNED, codes, lint, stderr};

#[test]
fn codes_are_selected_and_ignored() {
    let folder = Scratch::new().unwrap();
    fs::write(folder.path().join("warned.yaml"), WARNED).unwrap();
    let run = |arguments: &[&str]| codes(&lint(folder.path(), &[arguments, &["warned.yaml"]].concat()));
    assert_eq!(run(&[]), ["KeptAuthors", "UnknownContainer"]);
    assert_eq!(run(&["--select", "KeptAuthors,NoPort"]), ["KeptAuthors"]);
    assert_eq!(run(&["--select=NoPort", "--select=unknowncontainer"]), ["UnknownContainer"]);
    assert_eq!(run(&["--ignore", "KeptAuthors,UnknownContainer"]), [""; 0]);
    assert_eq!(run(&["--select", "KeptAuthors", "--ignore", "KeptAuthors"]), [""; 0]);
}

#[test]
fn the_exit_code_is_that_of_the_reported_findings() {
    let folder = Scratch::new().unwrap();
    fs::write(folder.path().join("denied.yaml"), DENIED).unwrap();
    fs::write(folder.path().join("warned.yaml"), WARNED).unwrap();
    fs::write(folder.path().join("twice.yaml"), "apiVersion: v1\nkind: Pod\nkind: Job\n").unwrap();
    let code = |arguments: &[&str]| lint(folder.path(), arguments).status.code();
    assert_eq!(code(&["denied.yaml"]), Some(1));
    assert_eq!(code(&["denied.yaml", "--ignore", "Invalid"]), Some(0));
    assert_eq!(code(&["warned.yaml", "--fail-on-warning"]), Some(1));
    assert_eq!(code(&["warned.yaml", "--fail-on-warning", "--select", "NoPort"]), Some(0));
    let output = lint(folder.path(), &["twice.yaml", "--select", "NoPort"]);
    assert_eq!((output.status.code(), codes(&output)), (Some(2), vec!["NotYaml".to_owned()]), "it always fails");
}

#[test]
fn unknown_codes_are_refused_with_the_nearest_one() {
    let folder = Scratch::new().unwrap();
    fs::write(folder.path().join("warned.yaml"), WARNED).unwrap();
    for (code, part) in [
        ("NoPrt", "did you mean NoPort?"),
        ("NoPort,KeptAutors", "did you mean KeptAuthors?"),
        ("E501", "such as NoPort"),
        ("NotYaml", "--exclude"),
    ] {
        for flag in ["--select", "--ignore"] {
            let output = lint(folder.path(), &["warned.yaml", flag, code]);
            let told = stderr(&output);
            assert!(output.status.code() == Some(2) && told.contains(part), "{flag} {code}: {told}");
        }
    }
}
