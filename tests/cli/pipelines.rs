//! The files for other tools: the GitHub Action, the hooks, Helm's plugin, and the entry for SchemaStore. `tests/cluster/pipelines`
//! runs the tools that take minutes to build.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use podwright::profile::file::schema;
use serde_json::{Value, json};
use xtask::scratch::Scratch;

#[path = "../cluster/pipelines/page.rs"]
mod page;

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect(name)
}

fn yaml(name: &str) -> Value {
    serde_saphyr::from_str(&read(name)).expect(name)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_files_for_other_tools_have_podwrights_version() {
    assert_eq!(yaml("action.yml")["inputs"]["version"]["default"], VERSION);
    assert_eq!(yaml("integrations/helm-plugin/plugin.yaml")["version"], VERSION);
    let page = read("docs/pipelines.md");
    for line in
        [format!("rev: v{VERSION}"), format!("uses: OWNER/podwright@v{VERSION}"), format!("image: podwright:{VERSION}")]
    {
        assert!(page.contains(&line), "{line}");
    }
    let container = read("examples/kustomize-function/container/podwright.yaml");
    assert!(container.contains(&format!("image: podwright:{VERSION}")), "{container}");
}

#[test]
fn the_entry_for_schema_store_is_complete() {
    let entry: Value = serde_json::from_str(&read("integrations/schemastore/catalog-entry.json")).expect("JSON");
    let schema = schema();
    assert_eq!(entry["url"], schema["$id"]);
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#", "as SchemaStore asks for");
    assert!(
        ["name", "description"].iter().all(|name| entry[*name].is_string()) && entry["fileMatch"].is_array(),
        "{entry}"
    );
    let line = format!("# yaml-language-server: $schema={}", entry["url"].as_str().expect("a text"));
    assert_eq!(page::block("## Editors", "yaml"), line);
}

/// The step of the page's workflow that runs the action.
fn page_step() -> Value {
    let workflow: Value = serde_saphyr::from_str(&page::block("## GitHub Actions", "yaml")).expect("YAML");
    workflow["steps"][1].clone()
}

/// Each block of the page is in a test, which takes it from the page.
#[test]
fn a_test_runs_each_block_of_the_page() {
    let tests =
        ["checks", "functions", "helm"].map(|name| read(&format!("tests/cluster/pipelines/{name}.rs"))).concat()
            + &read("tests/cli/pipelines.rs");
    let text = read("docs/pipelines.md");
    let (mut heading, mut blocks, mut is_open) = ("", 0, false);
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(language) if !is_open => {
                let call = format!("(\"{heading}\", \"{language}\")");
                assert!(tests.contains(&call), "no test has {call}");
                (blocks, is_open) = (blocks + 1, true);
            }
            Some(_) => is_open = false,
            None if !is_open && line.starts_with('#') => heading = line,
            None => {}
        }
    }
    assert!(blocks > 9, "{blocks}");
}

#[test]
fn the_page_names_inputs_of_the_action_and_hooks_that_exist() {
    let page = read("docs/pipelines.md");
    let action = yaml("action.yml");
    let inputs = action["inputs"].as_object().expect("inputs");
    let with = page_step()["with"].as_object().expect("inputs").clone();
    assert!(with.keys().all(|name| inputs.contains_key(name)), "{with:?}");
    for hook in yaml(".pre-commit-hooks.yaml").as_array().expect("hooks") {
        let id = hook["id"].as_str().expect("an id");
        assert!(page.contains(&format!("`{id}`")), "{id}");
        assert_eq!(hook["entry"], "podwright lint");
    }
}

/// A Pod with a warning.
const WARNED: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations: {podwright.dev/readiness-probe: http:/ready}\n\
    spec: {containers: [{name: app, image: app}]}\n";

/// A runner of GitHub Actions, with a release of podwright on its disk.
struct Runner {
    folder: Scratch,
}

impl Runner {
    fn new() -> Self {
        let runner = Self { folder: Scratch::new().expect("a folder") };
        let release = runner.release();
        fs::create_dir_all(&release).expect("a folder");
        let program = env!("CARGO_BIN_EXE_podwright");
        let archive = format!("podwright-{VERSION}-linux-amd64.tar.gz");
        // A small program stands for the one of the release, whose debug version takes seconds to compress.
        let script = format!("#!/bin/sh\nexec {program} \"$@\"\n");
        let file = runner.folder.write("podwright", &script).expect("writable");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("a program");
        let pack = format!(
            "tar --create --gzip --file '{0}/{archive}' podwright && cd '{0}' && sha256sum {archive} > SHA256SUMS && \
             echo '0000  podwright-{VERSION}-linux-arm64.tar.gz' >> SHA256SUMS",
            release.display()
        );
        let packed = Command::new("sh").args(["-c", &pack]).current_dir(runner.folder.path()).output().expect("sh");
        assert!(packed.status.success(), "{}", text(&packed.stderr));
        fs::remove_file(file).expect("removable");
        runner
    }

    fn release(&self) -> std::path::PathBuf {
        self.folder.path().join(format!("owner/podwright/releases/download/v{VERSION}"))
    }

    /// Runs a step of the action with the inputs in its environment.
    fn step(&self, number: usize, variables: &[(&str, &str)]) -> Output {
        let action = yaml("action.yml");
        let script = action["runs"]["steps"][number]["run"].as_str().expect("a script");
        let folder = self.folder.path();
        let added = fs::read_to_string(folder.join("path")).unwrap_or_default();
        let path = format!("{}:{}", added.trim_end(), std::env::var("PATH").unwrap_or_default());
        let mut bash = Command::new("bash");
        bash.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script])
            .current_dir(folder)
            .env("PATH", path);
        bash.env("RUNNER_TEMP", folder.join("temp")).env("GITHUB_PATH", folder.join("path"));
        bash.env("REPOSITORY", format!("file://{}/owner/podwright", folder.display())).env("VERSION", VERSION);
        bash.envs([("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64")]).envs(variables.iter().copied());
        bash.output().expect("bash starts")
    }
}

#[test]
fn the_action_installs_the_release_and_annotates_findings() {
    let runner = Runner::new();
    let installed = runner.step(0, &[]);
    assert!(installed.status.success(), "{}{}", text(&installed.stdout), text(&installed.stderr));
    assert!(text(&installed.stdout).contains(&format!("podwright {VERSION}")), "{}", text(&installed.stdout));
    fs::create_dir(runner.folder.path().join("a folder")).expect("a folder");
    runner.folder.write("a folder/pod.yaml", WARNED).expect("writable");
    let lint = runner.step(1, &[("PATHS", "a folder\n"), ("ARGS", "")]);
    let said = text(&lint.stdout);
    assert!(lint.status.success() && said.starts_with("::warning file=a folder/pod.yaml,line=5,"), "{said}");
    let lint = runner.step(1, &[("PATHS", "a folder\n"), ("ARGS", "--fail-on-warning\n--namespace=$(touch ran)\n")]);
    assert_eq!(lint.status.code(), Some(1), "{}", text(&lint.stderr));
    assert!(!runner.folder.path().join("ran").exists(), "an input is no script");
}

#[test]
fn the_action_runs_with_the_inputs_on_the_page() {
    let (runner, step) = (Runner::new(), page_step());
    assert_eq!(step["uses"], format!("OWNER/podwright@v{VERSION}"));
    assert!(runner.step(0, &[]).status.success());
    let input = |name: &str| step["with"][name].as_str().expect("a text").to_owned();
    let run = || runner.step(1, &[("PATHS", &input("paths")), ("ARGS", &input("args"))]);
    fs::create_dir(runner.folder.path().join("manifests")).expect("a folder");
    runner.folder.write("manifests/pod.yaml", WARNED).expect("writable");
    let lint = run();
    let said = text(&lint.stdout);
    assert!(lint.status.code() == Some(1) && said.starts_with("::warning file=manifests/pod.yaml,line=5,"), "{said}");
}

#[test]
fn the_action_refuses_another_binary_and_another_machine() {
    let runner = Runner::new();
    let machine = runner.step(0, &[("RUNNER_ARCH", "ARM")]);
    assert!(!machine.status.success() && text(&machine.stdout).contains("expected Linux on X64 or ARM64"));
    let sums = runner.release().join("SHA256SUMS");
    let right = fs::read_to_string(&sums).expect("readable");
    for wrong in
        [right.replace(&right[..8], "00000000"), right.lines().skip(1).map(|line| format!("{line}\n")).collect()]
    {
        fs::write(&sums, wrong).expect("writable");
        let output = runner.step(0, &[]);
        assert!(!output.status.success() && !runner.folder.path().join("path").exists(), "{}", text(&output.stdout));
    }
}

/// Runs podwright with this standard input.
fn podwright(arguments: &[&str], input: &str) -> Output {
    let mut podwright = Command::new(env!("CARGO_BIN_EXE_podwright"));
    podwright.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = podwright.spawn().expect("podwright starts");
    let mut stdin = running.stdin.take().expect("piped");
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input.as_bytes()));
        running.wait_with_output().expect("an exit code")
    })
}

/// Every object of the corpus comes out as from `preview`, and a second round changes nothing.
#[test]
fn the_function_and_preview_say_the_same() {
    for name in ["argo-cd", "kube-prometheus", "online-boutique", "well-known"] {
        let text_of = read(&format!("tests/corpus/{name}.yaml"));
        let opted_in = ["--namespace-profile", "web"];
        let preview = podwright(&[&["preview", "-o", "json", "--no-status"], &opted_in[..]].concat(), &text_of);
        let expected = serde_json::Deserializer::from_slice(&preview.stdout).into_iter::<Value>();
        let expected: Vec<Value> = expected.map(|value| value.expect("JSON")).collect();
        assert!(preview.status.success() && !expected.is_empty(), "{name}: {}", text(&preview.stderr));

        let items: Vec<Value> = serde_saphyr::from_multiple(&text_of).expect(name);
        let items: Vec<Value> = items.into_iter().filter(|item| !item.is_null()).collect();
        let list = json!({"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": items}).to_string();
        let function = podwright(&[&["fn"], &opted_in[..]].concat(), &list);
        let answer: Value = serde_json::from_slice(&function.stdout).expect("JSON");
        assert!(function.status.success() && answer["items"] == json!(expected), "{name}: {}", text(&function.stderr));
        let warnings = answer["results"].as_array().map_or(0, Vec::len);
        assert_eq!(warnings, text(&preview.stderr).lines().filter(|line| line.ends_with(']')).count(), "{name}");

        let mut first = answer;
        first.as_object_mut().expect("an object").remove("results");
        let second = podwright(&[&["fn"], &opted_in[..]].concat(), &first.to_string());
        let second: Value = serde_json::from_slice(&second.stdout).expect("JSON");
        assert_eq!(second["items"], first["items"], "{name}");
    }
}
