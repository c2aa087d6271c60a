//! `podwright preview` as a developer meets it: the binary, files, standard input, exit codes.

#![allow(clippy::panic, clippy::unwrap_used, missing_docs, reason = "a test may fail")]

use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use xtask::scratch::Scratch;

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations:\n    podwright.dev/pre-stop-sleep: 5s\n\
    spec:\n  containers:\n  - name: web\n    image: registry.example.com/web:1\n";

fn preview(file: &str, input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podwright"));
    command.args(["preview", file]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A file that is refused at once may close its end before all is written.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What is printed on standard output is one YAML document, the fitted Pod.
fn fitted(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_saphyr::from_str(&text(&output.stdout)).unwrap_or_else(|error| panic!("{error}\n{}", text(&output.stdout)))
}

#[test]
fn every_example_is_fitted_without_a_warning() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(|path| !path.ends_with("configuration.yaml")).collect();
    assert!(files.len() >= 2, "{files:?}");
    for file in files {
        let output = preview(file.to_str().unwrap(), b"");
        let pod = fitted(&output);
        assert_eq!(pod.pointer("/spec/terminationGracePeriodSeconds"), Some(&35.into()), "{}", file.display());
        assert_eq!(text(&output.stderr), "", "{}", file.display());
    }
}

#[test]
fn the_account_and_the_patch_stand_above_the_pod() {
    let output = text(&preview("examples/web.yaml", b"").stdout);
    let (comments, pod): (Vec<&str>, Vec<&str>) = output.lines().partition(|line| line.starts_with('#'));
    assert!(comments.contains(&"# pre-stop-sleep of web: in force, by the Pod's annotation"), "{output}");
    let operations = comments.iter().filter(|line| line.contains(r#""op":"#)).count();
    assert_eq!(operations, 6, "{output}");
    assert_eq!(pod.first(), Some(&"apiVersion: v1"));
}

#[test]
fn what_was_fitted_is_left_as_it_is() {
    let first = preview("examples/everything.yaml", b"");
    let second = preview("-", &first.stdout);
    assert_eq!(fitted(&first), fitted(&second));
    assert!(!text(&second.stdout).contains("# The patch"), "{}", text(&second.stdout));
}

#[test]
fn json_and_the_forms_of_yaml_mean_the_same() {
    let expected = fitted(&preview("-", POD.as_bytes()));
    let json = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "annotations":
        {"podwright.dev/pre-stop-sleep": "5s"}}, "spec": {"containers": [{"name": "web", "image": "registry.example.com/web:1"}]}}"#;
    let anchored =
        POD.replace("name: web\n  annotations", "name: &n web\n  annotations").replace("- name: web", "- name: *n");
    for form in [
        json.to_owned(),
        anchored,
        POD.replace('\n', "\r\n"),
        format!("\u{feff}{POD}"),
        format!("---\n# a comment\n{POD}---\n"),
    ] {
        assert_eq!(fitted(&preview("-", form.as_bytes())), expected, "{form}");
    }
}

#[test]
fn a_denied_pod_is_exit_code_1_with_everything_that_is_wrong() {
    let wrong = POD.replace("5s", "soon").replace("annotations:", "annotations:\n    podwright.dev/inject: \"yes\"");
    let output = preview("-", wrong.as_bytes());
    let told = text(&output.stderr);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()));
    assert!(
        told.contains("podwright.dev/pre-stop-sleep: \"soon\"") && told.contains("podwright.dev/inject: \"yes\""),
        "{told}"
    );
}

#[test]
fn warnings_go_to_standard_error_as_kubectls_do() {
    let output = preview("-", POD.replace("pre-stop-sleep", "zz-unheard-of").as_bytes());
    assert_eq!(output.status.code(), Some(0));
    assert!(
        text(&output.stderr).starts_with("Warning: annotations podwright.dev/zz-unheard-of: "),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn what_cannot_be_read_is_exit_code_2_and_a_sentence() {
    let folder = Scratch::new().unwrap();
    let here = folder.path().to_str().unwrap();
    let deployment = POD.replace("apiVersion: v1\nkind: Pod", "apiVersion: apps/v1\nkind: Deployment");
    let two = format!("{POD}---\n{POD}");
    for (input, told) in [
        ("", "expected one Pod"),
        ("# nothing\n---\n", "expected one Pod"),
        (deployment.as_str(), "a \"Deployment\" of \"apps/v1\"; expected a Pod of v1"),
        (two.as_str(), "several documents; expected one Pod"),
        ("just text", "expected a Pod of v1"),
        ("a: [", "line 1"),
        ("a: 1\na: 2\n", "a"),
        ("a:\n\tb: 1\n", "line 2"),
        (&POD.replace("5s", "true"), "is not a string; expected it in quotes: \"true\""),
        (&POD.replace("5s", "5"), "is not a string; expected it in quotes: \"5\""),
        (&POD.replace("  - name: web\n    image: registry.example.com/web:1\n", "  - web\n"), "not a Pod"),
    ] {
        let output = preview("-", input.as_bytes());
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), String::new()), "{input}");
        assert!(text(&output.stderr).contains(told), "{input}: {}", text(&output.stderr));
    }
    for (file, input) in [("no/such/file.yaml", &b""[..]), (here, b""), ("-", b"\xff\xfe")] {
        let output = preview(file, input);
        assert_eq!(output.status.code(), Some(2), "{file}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains("expected"), "{file}: {}", text(&output.stderr));
    }
}
