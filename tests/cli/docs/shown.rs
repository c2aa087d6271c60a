//! The pages show real output: the README's before and after, the pictures, and the terminal sessions.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).expect(name)
}

/// The fenced blocks in one language.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let fence = format!("\n```{language}\n");
    page.split(fence.as_str()).skip(1).map(|rest| rest.split("\n```").next().expect("the end of a block")).collect()
}

/// Runs a script in the repository's root, with `podwright` on `PATH`.
fn shell(script: &str) -> Output {
    let folder = Path::new(env!("CARGO_BIN_EXE_podwright")).parent().expect("its folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).current_dir(root()).env("PATH", format!("{}:{path}", folder.display()));
    shell.env("COLUMNS", "100").output().expect("sh starts")
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The lines of a diff that begin with one of these marks, without the mark.
fn side(diff: &str, marks: [char; 2]) -> String {
    diff.lines().filter(|line| line.starts_with(marks)).map(|line| format!("{}\n", &line[1..])).collect()
}

#[test]
fn the_readmes_before_and_after_are_an_example_and_what_becomes_of_it() {
    let readme = page("README.md");
    let diff = blocks(&readme, "diff")[0];
    assert_eq!(yaml(&side(diff, [' ', '-'])), yaml(&page("examples/web-service.yaml")));
    let fitted = shell("podwright preview -o json examples/web-service.yaml").stdout;
    let mut fitted: Value = serde_json::from_slice(&fitted).expect("JSON");
    let annotations = &mut fitted["spec"]["template"]["metadata"]["annotations"];
    annotations.as_object_mut().expect("annotations").remove("podwright.dev/status");
    assert_eq!(yaml(&side(diff, [' ', '+'])), fitted);
}

#[test]
fn the_pictures_are_drawn_from_what_preview_says_now() {
    let drawn = xtask::picture::draw(Path::new(env!("CARGO_BIN_EXE_podwright")), root()).expect("pictures");
    for (file, svg) in drawn {
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&file, &svg).expect("writable");
        }
        let there = fs::read_to_string(&file).unwrap_or_default();
        assert!(there == svg, "{} is out of date: run `cargo xtask picture`", file.display());
    }
}

/// Compares a session with the output. A line of three dots in the session matches any number of lines.
fn matches(session: &[&str], output: &[&str]) -> bool {
    match session {
        [] => output.is_empty(),
        ["...", rest @ ..] => (0..=output.len()).any(|skipped| matches(rest, &output[skipped..])),
        [line, rest @ ..] => output.first() == Some(line) && matches(rest, &output[1..]),
    }
}

/// A session is `$ COMMAND` with its output on either stream. More commands may follow in the same shell.
#[test]
fn every_session_says_what_the_page_says() {
    for name in ["README.md", "docs/get-started.md", "docs/preview.md", "docs/profiles.md"] {
        let text = page(name);
        let sessions = blocks(&text, "console");
        assert!(!sessions.is_empty(), "{name}");
        for session in sessions {
            let script: String =
                session.lines().filter_map(|line| line.strip_prefix("$ ")).map(|line| format!("{line}\n")).collect();
            let expected: Vec<&str> = session.lines().filter(|line| !line.starts_with("$ ")).collect();
            let output = shell(&format!("exec 2>&1\n{script}"));
            let output = String::from_utf8(output.stdout).expect("UTF-8");
            assert!(
                matches(&expected, &output.lines().collect::<Vec<_>>()),
                "{name}\n{session}\n--- came out\n{output}"
            );
        }
    }
}
