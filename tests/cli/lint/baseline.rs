//! `--baseline`: known findings stay silent, and new ones do not.

use std::fs;
use std::process::Output;

use xtask::scratch::Scratch;

use super::{DENIED, SILENT, WARNED, codes, lint, stderr};

const FILE: &str = "known.json";

struct Project {
    folder: Scratch,
}

impl Project {
    /// A folder with two manifests and the baseline of their findings.
    fn new() -> Self {
        let project = Self { folder: Scratch::new().unwrap() };
        project.write("denied.yaml", DENIED);
        project.write("warned.yaml", WARNED);
        let output = project.run(&["--update-baseline", "."]);
        assert_eq!((output.status.code(), codes(&output)), (Some(0), Vec::new()), "{}", stderr(&output));
        assert!(stderr(&output).contains("wrote 5 findings to known.json"), "{}", stderr(&output));
        project
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.folder.path().join(file), text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        lint(self.folder.path(), &[&["--fail-on-warning", "--baseline", FILE], arguments].concat())
    }

    fn baseline(&self) -> String {
        fs::read_to_string(self.folder.path().join(FILE)).unwrap()
    }
}

#[test]
fn known_findings_are_silent_wherever_they_move_in_their_file() {
    let project = Project::new();
    for text in [DENIED.to_owned(), format!("# A comment.\n\n{DENIED}")] {
        project.write("denied.yaml", &text);
        let output = project.run(&["."]);
        assert_eq!((output.status.code(), codes(&output)), (Some(0), Vec::new()), "{text}");
        let summary = "no findings in 2 objects; 5 in the baseline\n";
        assert_eq!(stderr(&output), summary, "and the baseline is no manifest, although it is in the folder");
    }
}

#[test]
fn new_findings_are_reported_and_gone_ones_are_counted() {
    let project = Project::new();
    let more = WARNED.replace("podwright.dev/containers: web,nobody", "podwright.dev/pre-stop-slep: 5s");
    project.write("warned.yaml", &more);
    let output = project.run(&["."]);
    assert_eq!((output.status.code(), codes(&output)), (Some(1), vec!["Invalid".to_owned()]));
    assert!(stderr(&output).contains("note: 2 findings of known.json no longer found"), "{}", stderr(&output));
    assert!(project.run(&["--update-baseline", "."]).status.success());
    assert!(project.run(&["."]).status.success() && !project.baseline().contains("UnknownContainer"));
}

#[test]
fn a_second_mistake_in_the_same_annotation_is_new() {
    let project = Project::new();
    project.write("denied.yaml", &DENIED.replace("'1,2'", "'1,2,3'"));
    let output = project.run(&["."]);
    assert_eq!(codes(&output), ["Invalid"; 3], "nothing tells the new one apart");
}

#[test]
fn a_run_on_some_files_keeps_the_entries_of_the_others() {
    let project = Project::new();
    let before = project.baseline();
    let whole = project.folder.path().join("warned.yaml");
    assert!(project.run(&[whole.to_str().unwrap()]).status.success(), "the whole path means the same file");
    let output = project.run(&["warned.yaml"]);
    assert!(output.status.success() && !stderr(&output).contains("no longer"), "{}", stderr(&output));
    assert!(project.run(&["--update-baseline", "warned.yaml"]).status.success());
    assert!(project.run(&["--update-baseline", "--select", "NoPort", "."]).status.success());
    assert_eq!(project.baseline(), before);
    fs::remove_file(project.folder.path().join("denied.yaml")).unwrap();
    project.write("warned.yaml", SILENT);
    assert!(project.run(&["--update-baseline", "."]).status.success());
    assert!(project.baseline().contains("\"findings\": []"), "{}", project.baseline());
}

#[test]
fn a_diff_of_the_baseline_has_a_line_for_each_finding() {
    let baseline = Project::new().baseline();
    let line = r#"    {"file":"denied.yaml","object":"Pod default/web","code":"Invalid","key":"podwright.dev/downward-env","count":2},"#;
    assert!(baseline.lines().any(|each| each == line), "{baseline}");
    let read: serde_json::Value = serde_json::from_str(&baseline).unwrap();
    assert_eq!(read["findings"].as_array().unwrap().len(), 4, "{baseline}");
}

#[test]
fn an_unusable_baseline_is_an_error_with_a_remedy() {
    let project = Project::new();
    let entry = |count: &str| format!(r#"{{"file":"a","object":"b","code":"c","key":"d","count":{count}}}"#);
    let of = |findings: &str, more: &str| {
        format!(r#"{{"apiVersion":"podwright.dev/v1alpha1","kind":"LintBaseline","findings":{findings}{more}}}"#)
    };
    for text in [
        String::new(),
        "[]".to_owned(),
        r#"{"apiVersion": "v1", "kind": "List", "findings": []}"#.to_owned(),
        of("null", ""),
        of(&format!("[{}]", entry("-1")), ""),
        of(&format!("[{}]", entry("18446744073709551615")), ""),
        of("[]", r#","\u001b[31m\u202e":1"#),
    ] {
        project.write(FILE, &text);
        let output = project.run(&["warned.yaml"]);
        let said = stderr(&output);
        assert!(output.status.code() == Some(2) && said.contains("--update-baseline"), "{output:?}");
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
    }
    let missing = lint(project.folder.path(), &["--baseline", "none.json", "warned.yaml"]);
    assert!(missing.status.code() == Some(2) && stderr(&missing).contains("--update-baseline"), "{missing:?}");
    assert_eq!(lint(project.folder.path(), &["--update-baseline", "warned.yaml"]).status.code(), Some(2));
}

#[test]
fn large_numbers_in_a_baseline_are_no_overflow() {
    let project = Project::new();
    let entry = |key: &str| {
        format!(r#"{{"file":"warned.yaml","object":"b","code":"KeptAuthors","key":"{key}","count":4294967295}}"#)
    };
    project.write(
        FILE,
        &format!(
            r#"{{"apiVersion":"podwright.dev/v1alpha1","kind":"LintBaseline","findings":[{},{}]}}"#,
            entry("a"),
            entry("b")
        ),
    );
    let output = project.run(&["warned.yaml"]);
    assert!(output.status.code() == Some(1) && stderr(&output).contains("no longer found"), "{output:?}");
}

#[test]
fn unreadable_files_are_never_in_a_baseline() {
    let project = Project::new();
    project.write("twice.yaml", "apiVersion: v1\nkind: Pod\nkind: Job\n");
    assert_eq!(project.run(&["--update-baseline", "."]).status.code(), Some(2));
    let output = project.run(&["."]);
    assert_eq!((output.status.code(), codes(&output)), (Some(2), vec!["NotYaml".to_owned()]));
}
