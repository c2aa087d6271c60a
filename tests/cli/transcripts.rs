//! The command line's output, word for word: `tests/transcripts/CASE/{commands.txt, transcript.txt, any other files}`.
//!
//! A case is a folder. Its commands run there, one per line: `[NAME=value...] podwright ARGUMENTS [< FILE]`.
//! `UPDATE_GOLDEN=1 cargo test --test cli transcripts` writes the transcripts; read the difference before you commit
//! it.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

#[test]
fn every_command_says_what_its_transcript_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(&folder).expect("tests/transcripts").map(|entry| entry.expect("readable").path()).collect();
    cases.sort();
    assert!(cases.len() >= 10, "{cases:?}");
    let mut wrong = String::new();
    for case in &cases {
        let commands =
            fs::read_to_string(case.join("commands.txt")).unwrap_or_else(|error| panic!("{}: {error}", case.display()));
        let told: String = commands.lines().map(|line| transcript(case, line)).collect();
        compare(&case.join("transcript.txt"), &told, &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong}\nUPDATE_GOLDEN=1 cargo test --test cli transcripts writes the new output");
}

/// The command, standard output, standard error after `! `, and the exit code.
fn transcript(case: &Path, line: &str) -> String {
    let Output { status, stdout, stderr } = run(case, line);
    let mut told = format!("$ {line}\n{}", String::from_utf8(stdout).expect("UTF-8"));
    if !told.ends_with('\n') {
        told += "\n(no line break)\n";
    }
    for line in String::from_utf8(stderr).expect("UTF-8").lines() {
        let _ = writeln!(told, "! {line}");
    }
    let _ = writeln!(told, "(exit code {})\n", status.code().expect("not killed"));
    told
}

fn run(case: &Path, line: &str) -> Output {
    let (line, input) = line.split_once(" < ").map_or((line, None), |(line, input)| (line, Some(input)));
    let mut words = line.split_whitespace().peekable();
    let mut command = Command::new(env!("CARGO_BIN_EXE_podwright"));
    command.current_dir(case).env_clear().env("COLUMNS", "100").env("TZ", "UTC");
    while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
        command.env(name, value);
        words.next();
    }
    assert_eq!(words.next(), Some("podwright"), "{}: {line}", case.display());
    let input = input.map(|file| File::open(case.join(file)).expect("the input")).map_or_else(Stdio::null, Stdio::from);
    command.args(words).stdin(input).output().expect("podwright starts")
}

fn compare(file: &Path, text: &str, wrong: &mut String) {
    let there = fs::read_to_string(file).unwrap_or_default();
    if there == text {
        return;
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(file, text).expect("writable");
        return;
    }
    let diff = there.lines().zip(text.lines()).position(|(there, came)| there != came);
    let _ = writeln!(wrong, "{}: from line {:?} on\n--- came out\n{text}", file.display(), diff.map(|line| line + 1));
}
