//! Completion in a real bash, with the function that the script registers.

use std::fs;
use std::path::Path;
use std::process::Command;

use xtask::scratch::Scratch;

/// Loads the script, calls its function as bash does, and prints the candidates.
const COMPLETE_LAST: &str = r#"
source <(podwright completion bash) || exit 1
COMP_WORDS=(podwright "$@") COMP_CWORD=$# COMP_TYPE=9 COMPREPLY=()
function=$(complete -p podwright | sed 's/.* -F \([^ ]*\) .*/\1/')
"$function" podwright "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\n' "${COMPREPLY[@]}"
"#;

/// The completions of the last word.
fn completed(words: &[&str]) -> Vec<String> {
    let folder = Scratch::new().unwrap();
    let kubeconfig = folder.path().join("config");
    let contexts = "contexts: [{name: staging, context: {cluster: a, user: b}}, {name: production, context: {cluster: a, user: b}}]";
    fs::write(&kubeconfig, format!("apiVersion: v1\nkind: Config\n{contexts}\n")).unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_podwright")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", COMPLETE_LAST, "bash"]).args(words).env("PATH", path).env("KUBECONFIG", kubeconfig);
    let output = bash.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("bash starts");
    assert!(output.status.success() && output.stderr.is_empty(), "{words:?}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn keys_and_codes_are_completed() {
    assert_eq!(completed(&["explain", "pre-"]), ["pre-stop-sleep"]);
    assert_eq!(completed(&["explain", "NoP"]), ["NoPort", "NoPodTemplate"]);
    assert!(completed(&["explain", ""]).len() > 60, "all keys and codes");
    assert_eq!(completed(&["lint", "--select", "NoPort,KeptA"]), ["NoPort,KeptAuthors"]);
    assert_eq!(completed(&["lint", "--ignore", "NotY"]), [""; 0], "lint always reports NotYaml");
}

#[test]
fn commands_flags_values_and_files_are_completed() {
    assert_eq!(completed(&["pre"]), ["preview"]);
    assert_eq!(completed(&["preview", "--no-s"]), ["--no-status"]);
    assert_eq!(completed(&["lint", "--format", "j"]), ["json", "junit"]);
    assert_eq!(completed(&["preview", "--namespace-profile", ""]), ["default", "web"]);
    assert_eq!(completed(&["preview", "examples/we"]), ["examples/web-service.yaml", "examples/web.yaml"]);
    assert_eq!(completed(&["certs", "status", "--context", "prod"]), ["production"]);
}

#[test]
fn each_shell_has_a_script() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = Command::new(env!("CARGO_BIN_EXE_podwright")).args(["completion", shell]).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && script.contains("COMPLETE") && script.contains("podwright"), "{shell}");
    }
}
