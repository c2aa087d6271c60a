//! `podwright preview` as a developer uses it: the binary, files, standard input and exit codes.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use xtask::scratch::Scratch;

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations:\n    podwright.dev/pre-stop-sleep: 5s\n\
    spec:\n  containers:\n  - name: web\n    image: registry.example.com/web:1\n";

fn preview(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podwright"));
    command.arg("preview").args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A refused command may close its standard input before the test has written everything.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The only object in the JSON output.
fn fitted(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{}", text(&output.stdout)))
}

#[test]
fn every_example_is_fitted_without_a_warning() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    // Folders are for other tools: tests/cluster/pipelines runs them.
    let files: Vec<_> = files.filter(|path| path.is_file() && !path.ends_with("configuration.yaml")).collect();
    assert!(files.len() >= 7, "{files:?}");
    for file in files {
        let output = preview(&["-o", "report", "--fail-on-warning", file.to_str().unwrap()], b"");
        let report = fitted(&output);
        let results: Vec<_> = report["objects"].as_array().unwrap().iter().map(|object| &object["result"]).collect();
        assert_eq!(results, ["fitted"], "{}: {report}", file.display());
        assert_eq!(text(&output.stderr), "", "{}", file.display());
    }
}

#[test]
fn what_was_fitted_is_left_as_it_is() {
    let examples =
        ["everything", "web-service", "worker", "job", "native-sidecar", "per-container", "opentelemetry", "runtimes"];
    for example in examples {
        let first = preview(&["-o", "yaml", &format!("examples/{example}.yaml")], b"");
        let second = preview(&["-o", "yaml", "-"], &first.stdout);
        assert_eq!(text(&first.stdout), text(&second.stdout), "{example}");
        let patches = preview(&["-o", "patch", "-"], &first.stdout);
        assert_eq!(text(&patches.stdout), "", "{example}");
    }
}

#[test]
fn yaml_and_json_and_the_patch_say_the_same() {
    for example in ["everything", "web-service", "job"] {
        let file = format!("examples/{example}.yaml");
        let json = fitted(&preview(&["-o", "json", &file], b""));
        let yaml: Value = serde_saphyr::from_str(&text(&preview(&["-o", "yaml", &file], b"").stdout)).unwrap();
        assert_eq!(json, yaml, "{example}");
        let mut patched: Value = serde_saphyr::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let line: Value = serde_json::from_slice(&preview(&["-o", "patch", &file], b"").stdout).unwrap();
        let operations: json_patch::Patch = serde_json::from_value(line["patch"].clone()).unwrap();
        json_patch::patch(&mut patched, &operations).unwrap();
        assert_eq!(json, patched, "{example}");
    }
}

#[test]
fn json_and_the_forms_of_yaml_mean_the_same() {
    let read = |form: &str| fitted(&preview(&["-o", "json", "-"], form.as_bytes()));
    let expected = read(POD);
    assert_eq!(expected.pointer("/spec/terminationGracePeriodSeconds"), Some(&json!(35)));
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
        assert_eq!(read(&form), expected, "{form}");
    }
}

#[test]
fn unreadable_input_is_exit_code_2_and_a_sentence() {
    let folder = Scratch::new().unwrap();
    let missing = folder.path().join("missing.yaml");
    for (file, input) in [(missing.to_str().unwrap(), &b""[..]), ("-", b"\xff\xfe")] {
        let output = preview(&[file], input);
        assert_eq!(output.status.code(), Some(2), "{file}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains("expected"), "{file}: {}", text(&output.stderr));
    }
    let empty = preview(&[folder.path().to_str().unwrap()], b"");
    assert_eq!((empty.status.code(), text(&empty.stdout).as_str()), (Some(0), "No Pods or workloads\n"));
}

#[test]
fn no_terminal_and_no_ci_obeys_the_name_of_a_file() {
    let folder = Scratch::new().unwrap();
    fs::write(folder.path().join("a\u{1b}[31m\n::add-mask::x\u{202e}.yaml"), POD.replace("5s", "soon")).unwrap();
    for command in ["preview", "lint", "lint --format=github"] {
        let mut words = command.split(' ');
        let mut podwright = Command::new(env!("CARGO_BIN_EXE_podwright"));
        let told = podwright.args(words.by_ref()).arg(folder.path()).output().unwrap();
        let told = text(&told.stdout) + &text(&told.stderr);
        assert!(told.contains("add-mask") && told.contains("pre-stop-sleep"), "{command}: {told}");
        assert!(!told.contains(['\u{1b}', '\u{202e}']) && !told.contains("\n::add-mask"), "{command}: {told:?}");
    }
}

#[test]
fn nor_is_anything_in_a_manifest_obeyed_or_repeated_at_length() {
    let long = "x".repeat(5_000);
    let odd = format!("{}spec: {long}\n", POD.split("spec:").next().unwrap());
    let twice = format!("\u{202e}{long}: 1\n\u{202e}{long}: 2\n");
    for (manifest, part) in [(odd, "invalid type"), (twice, "duplicate key")] {
        let told = preview(&["-o", "report", "-"], manifest.as_bytes());
        let told = text(&told.stdout) + &text(&told.stderr);
        assert!(told.contains(part), "{told}");
        assert!(told.lines().all(|line| line.chars().count() < 1_000) && !told.contains('\u{202e}'), "{told:?}");
    }
}
