//! The tools that check: pre-commit, a policy tool, and the JSON schema in editors.

use std::path::PathBuf;
use std::sync::OnceLock;

use xtask::python;
use xtask::tools::Tool;

use super::page::block;
use super::workshop::{Workshop, repository};
use crate::world::text;

/// The folder with the Python programs. `None`, with the reason on standard error, on a machine that cannot install them: PyPI
/// is not part of podwright's own builds.
fn python() -> Option<&'static PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let install = || python::packages().map_err(|error| eprintln!("skipped: {error}")).ok();
    FOLDER.get_or_init(install).as_ref()
}

/// A workshop with pre-commit and check-jsonschema.
fn workshop() -> Option<Workshop> {
    let folder = python()?;
    let mut workshop = Workshop::new(&[]);
    workshop.set("PYTHONPATH", folder.clone());
    workshop.set("PRE_COMMIT_HOME", workshop.path("pre-commit-cache"));
    workshop.set("HOME", workshop.path("."));
    for (name, module) in [("pre-commit", "pre_commit"), ("check-jsonschema", "check_jsonschema")] {
        workshop.add(name, &format!("exec python3 -m {module} \"$@\""));
    }
    Some(workshop)
}

const COMMIT: &str =
    "git add --all && git -c user.name=test -c user.email=test@example.com commit --quiet --message=test";

/// A folder `hooks` with the released hooks, and a project that names them as on the page.
fn project_with_hooks() -> Option<Workshop> {
    let workshop = workshop()?;
    let hooks = std::fs::read_to_string(repository().join(".pre-commit-hooks.yaml")).expect("readable");
    workshop.write("hooks/.pre-commit-hooks.yaml", &hooks);
    workshop.read(&format!("cd hooks && git init --quiet && {COMMIT} && git tag v{}", env!("CARGO_PKG_VERSION")));
    let hooks = format!("file://{}", workshop.path("hooks").display());
    let configuration = block("## pre-commit", "yaml").replace("https://git.example.com/podwright", &hooks);
    assert!(configuration.contains(&hooks), "{configuration}");
    workshop.write("project/.pre-commit-config.yaml", &configuration);
    workshop.write("project/other.yaml", "a: 1\n");
    workshop.read(&format!("cd project && git init --quiet && {COMMIT}"));
    Some(workshop)
}

/// The Namespace in one file disables podwright for the Pods in the others. pre-commit would split so many files.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn pre_commit_checks_all_files_in_one_run() {
    let Some(workshop) = project_with_hooks() else { return };
    let namespace =
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {podwright.dev/inject: disabled}}\n";
    workshop.write("project/manifests/namespace.yaml", namespace);
    for number in 0..40 {
        let pod = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: web-{number}, namespace: shop, annotations: {{podwright.dev/pre-stop-sleep: \
             soon}}}}\nspec: {{containers: [{{name: app, image: app}}]}}\n"
        );
        workshop.write(&format!("project/manifests/pod-{number}.yaml"), &pod);
    }
    let said = workshop.read(&format!("cd project && git add --all && {}", block("## pre-commit", "sh")));
    assert!(said.contains("Passed"), "{said}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn pre_commit_runs_the_hook() {
    let Some(workshop) = project_with_hooks() else { return };
    let pod = |sleep: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations:\n    podwright.dev/pre-stop-sleep: {sleep}\n\
             spec: {{containers: [{{name: app, image: app}}]}}\n"
        )
    };
    workshop.write("project/manifests/pod.yaml", &pod("5s"));
    let check = format!("cd project && git add --all && {}", block("## pre-commit", "sh"));
    let said = workshop.read(&check);
    assert!(said.contains("Passed"), "{said}");

    workshop.write("project/manifests/pod.yaml", &pod("soon"));
    let output = workshop.run(&check);
    let said = text(&output.stdout);
    let expected = "manifests/pod.yaml:6:5: error: podwright.dev/pre-stop-sleep: invalid duration";
    assert!(!output.status.success() && said.contains("Failed") && said.contains(expected), "{said}");
}

/// Jenkins' xUnit plugin refuses a report that its schema does not allow.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn junit_reports_are_valid_by_the_schema_of_jenkins() {
    let Some(workshop) = workshop() else { return };
    let schema = python::junit_schema().unwrap_or_else(|error| panic!("{error}"));
    workshop.add(
        "validate",
        &format!(
            "exec python3 -c 'from xmlschema.cli import validate; validate()' --schema '{}' \"$@\"",
            schema.display()
        ),
    );
    let pod = |name: &str, annotation: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: \"{name}\", annotations: {{podwright.dev/{annotation}}}}}\n\
             spec: {{containers: [{{name: app, image: app}}]}}\n"
        )
    };
    workshop.write("manifests/denied.yaml", &pod("a<b>&\\\"'\\u001b\\uffff", "pre-stop-sleep: \"]]>\\u0007\""));
    workshop.write("manifests/warned.yaml", &pod("web", "readiness-probe: http:/ready"));
    workshop.write("manifests/silent.yaml", &pod("web", "pre-stop-sleep: 5s"));
    workshop.write("manifests/twice.yaml", "apiVersion: v1\nkind: Pod\nkind: Job\n");
    for more in ["", "--fail-on-warning"] {
        let lint = format!("podwright lint {more} --format junit manifests/ missing.yaml > podwright.xml");
        assert_eq!(workshop.run(&lint).status.code(), Some(2), "{lint}");
        let report = workshop.read("validate podwright.xml && cat podwright.xml");
        for part in ["<error ", "<failure ", "classname=\"manifests/denied.yaml\""] {
            assert!(report.contains(part), "{part}: {report}");
        }
        let other = workshop.run("sed 's/<testcase /&line=\"1\" /' podwright.xml > other.xml; validate other.xml");
        assert!(!other.status.success(), "the schema refuses another attribute: {}", text(&other.stdout));
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_schema_is_valid_and_fits_the_examples() {
    let Some(workshop) = workshop() else { return };
    workshop.read("check-jsonschema --check-metaschema docs/configuration.schema.json");
    let check = "check-jsonschema --schemafile docs/configuration.schema.json";
    let functions = ["exec", "container"].map(|name| format!("examples/kustomize-function/{name}/podwright.yaml"));
    workshop.read(&format!("{check} examples/configuration.yaml {}", functions.join(" ")));
    workshop.write(
        "wrong.yaml",
        "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\nprofiles: {web: {preStopSleap: 5s}}\n",
    );
    let output = workshop.run(&format!("{check} wrong.yaml"));
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(!output.status.success() && said.contains("preStopSleap"), "{said}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_policy_tool_sees_what_admission_adds() {
    let workshop = Workshop::new(&[Tool::KubeScore.folder().unwrap_or_else(|error| panic!("{error}"))]);
    let script = block("## Policy tools", "sh");
    let said = workshop.read(&script);
    let (preview, tool) = script.split_once(" |\n").expect("a pipe");
    let file = "examples/kustomize-function/base/shop.yaml";
    assert!(preview.starts_with("podwright preview") && preview.ends_with(file), "{preview}");
    let bare = workshop.run(&format!("cat {file} | {tool}"));
    let missing = text(&bare.stdout);
    assert!(!bare.status.success(), "{missing}");
    let page = std::fs::read_to_string(repository().join("docs/pipelines.md")).expect("readable");
    for finding in ["CPU request is not set", "Container is missing a readinessProbe"] {
        assert!(
            page.contains(finding) && missing.contains(finding) && !said.contains(finding),
            "{finding}\n{missing}\n{said}"
        );
    }
}
