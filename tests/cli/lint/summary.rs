//! The summary on standard error, `--fail-if-empty`, and notes about unconcerned files; colours.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use xtask::scratch::Scratch;

use super::{CONFIG_MAP, DENIED, SILENT, WARNED, lint, stderr, stdout};

#[test]
fn the_summary_counts_findings_and_objects() {
    let folder = Scratch::new().unwrap();
    let write = |documents: &[&str]| fs::write(folder.path().join("all.yaml"), documents.join("---\n")).unwrap();
    for (documents, summary) in [
        (vec![SILENT, WARNED, CONFIG_MAP], "2 findings in 1 of 3 objects; 1 has no Pods\n"),
        (vec![DENIED, WARNED, CONFIG_MAP, CONFIG_MAP], "5 findings in 2 of 4 objects; 2 have no Pods\n"),
    ] {
        write(&documents);
        for format in ["text", "github", "json", "junit", "sarif"] {
            let output = lint(folder.path(), &["--format", format, "all.yaml"]);
            assert_eq!(stderr(&output), summary, "{format}");
        }
        assert_eq!(stderr(&lint(folder.path(), &["--quiet", "all.yaml"])), "");
    }
}

#[test]
fn files_without_pods_fail_on_request() {
    let folder = Scratch::new().unwrap();
    fs::write(folder.path().join("settings.yaml"), CONFIG_MAP).unwrap();
    fs::write(folder.path().join("silent.yaml"), SILENT).unwrap();
    assert_eq!(lint(folder.path(), &["settings.yaml"]).status.code(), Some(0));
    let empty = lint(folder.path(), &["--fail-if-empty", "settings.yaml"]);
    assert_eq!(empty.status.code(), Some(2));
    assert!(stderr(&empty).contains("no Pods and no workloads"), "{}", stderr(&empty));
    assert_eq!(lint(folder.path(), &["--fail-if-empty", "."]).status.code(), Some(0));
}

#[test]
fn files_that_nothing_opts_in_get_a_note() {
    let folder = Scratch::new().unwrap();
    fs::write(folder.path().join("silent.yaml"), SILENT).unwrap();
    fs::write(folder.path().join("warned.yaml"), WARNED).unwrap();
    fs::write(folder.path().join("settings.yaml"), CONFIG_MAP).unwrap();
    let has_note =
        |arguments: &[&str]| stderr(&lint(folder.path(), arguments)).contains("use --namespace-profile default");
    assert!(has_note(&["silent.yaml"]));
    assert!(!has_note(&["silent.yaml", "--quiet"]));
    assert!(!has_note(&["silent.yaml", "--namespace-profile", "web"]));
    assert!(!has_note(&["silent.yaml", "warned.yaml"]));
    assert!(!has_note(&["settings.yaml"]), "it has no Pods");
}

#[test]
fn colours_obey_the_flag_and_the_variables() {
    let folder = Scratch::new().unwrap();
    fs::write(folder.path().join("warned.yaml"), WARNED).unwrap();
    let is_coloured = |flags: &[&str], variables: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podwright"));
        command.arg("lint").args(flags).arg("warned.yaml").current_dir(folder.path()).env_clear();
        stdout(&command.envs(variables.iter().copied()).output().unwrap()).contains("\u{1b}[33mwarning")
    };
    assert!(!is_coloured(&[], &[]));
    assert!(is_coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(is_coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!is_coloured(&[], &[("CLICOLOR_FORCE", "0")]));
    assert!(!is_coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!is_coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

/// The CPU time for 300 objects, and for ten times as many. Quadratic work would take a hundred times as long. Wall-clock time would
/// depend on other processes.
#[test]
fn the_time_is_linear_in_the_number_of_objects() {
    let folder = Scratch::new().unwrap();
    let seconds = |objects: usize, arguments: &[&str]| {
        let mut text = String::new();
        for number in 0..objects {
            let _ = writeln!(text, "{}---", WARNED.replace("name: warned", &format!("name: warned-{number}")));
        }
        let file = folder.path().join(format!("{objects}.yaml"));
        fs::write(&file, text).unwrap();
        let mut command = Command::new("bash");
        command.args(["-c", "TIMEFORMAT='%U %S'; time \"$@\" >/dev/null 2>&1", "bash"]);
        let output = command.arg(env!("CARGO_BIN_EXE_podwright")).args(arguments).arg(&file).output().unwrap();
        let times = stderr(&output);
        times.split_whitespace().map(|time| time.parse::<f64>().expect("seconds")).sum::<f64>()
    };
    for arguments in [&["lint", "--format", "junit"][..], &["lint", "--format", "sarif"], &["preview", "-o", "summary"]]
    {
        let (few, many) = (seconds(300, arguments), seconds(3_000, arguments));
        assert!(few > 0.0 && many < few * 40.0, "{arguments:?}: {few} s for 300, {many} s for 3,000");
    }
}
