//! `--format`: each format is read by a reader of that format.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use podwright::cli::reasons;
use quick_junit::{Report, TestCase, TestCaseStatus};
use serde_json::{Value, json};
use serde_sarif::sarif::Sarif;
use xtask::scratch::Scratch;

use super::{CONFIG_MAP, DENIED, SILENT, WARNED, lint, stdout};

/// A manifest with names that formats must escape.
const ODD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: \"a<b>&\\\"c'\\u001b\\uffff\"\n  annotations: \
    {podwright.dev/pre-stop-sleep: \"<![CDATA[ ]]> \\u0007\"}\nspec: {containers: [{name: web}]}\n";

/// A folder with one file of each kind, a name with spaces among them, and the arguments for all of them.
fn project() -> (Scratch, Vec<&'static str>) {
    let folder = Scratch::new().unwrap();
    let twice = "apiVersion: v1\nkind: Pod\nkind: Job\n".to_owned();
    let healthy = [SILENT, CONFIG_MAP].join("---\n");
    let files = [
        ("a b.yaml", DENIED.to_owned()),
        ("warned.yaml", WARNED.to_owned()),
        ("twice.yaml", twice),
        ("odd.yaml", ODD.to_owned()),
        ("healthy.yaml", healthy),
    ];
    for (file, text) in &files {
        fs::write(folder.path().join(file), text).unwrap();
    }
    (folder, vec!["a b.yaml", "warned.yaml", "twice.yaml", "odd.yaml", "healthy.yaml", "missing.yaml"])
}

fn in_format(format: &str, more: &[&str]) -> String {
    let (folder, files) = project();
    let output = lint(folder.path(), &[&["--format", format], more, &files].concat());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    stdout(&output)
}

fn json(format: &str) -> Value {
    let text = in_format(format, &[]);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The platform of this machine. Crates for other platforms may not be downloaded.
fn platform() -> String {
    let rustc = Command::new("rustc").arg("-vV").output().expect("rustc starts");
    let text = String::from_utf8(rustc.stdout).expect("UTF-8");
    text.lines().find_map(|line| line.strip_prefix("host: ")).expect("its platform").to_owned()
}

/// The schema of SARIF 2.1.0, from the source of serde-sarif.
fn sarif_schema() -> Value {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--offline", "--locked", "--filter-platform", &platform()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("cargo metadata");
    let package = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == "serde-sarif");
    let manifest = package.and_then(|package| package["manifest_path"].as_str()).expect("serde-sarif");
    let schema = fs::read_to_string(Path::new(manifest).with_file_name("src/schema.json")).expect("its schema");
    // jsonschema wants an escape before this `]`.
    serde_json::from_str(&schema.replace("{2}]?$", r"{2}\\]?$")).unwrap()
}

#[test]
fn sarif_is_valid_by_its_schema() {
    let validator = jsonschema::validator_for(&sarif_schema()).expect("a schema");
    let mut log = json("sarif");
    let errors: Vec<String> =
        validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(errors, [""; 0], "{log}");
    let _: Sarif = serde_json::from_value(log.clone()).expect("a SARIF log");
    log["runs"][0]["results"][0]["level"] = json!("fatal");
    assert!(!validator.is_valid(&log), "the schema refuses another level");
}

#[test]
fn sarif_has_an_address_for_each_rule_and_a_fingerprint_for_each_result() {
    let log = json("sarif");
    let run = &log["runs"][0];
    assert_eq!(run["invocations"][0]["executionSuccessful"], false, "missing.yaml");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 7, "{results:#?}");
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        let anchor = rule["id"].as_str().unwrap().to_lowercase();
        assert_eq!(rule["helpUri"], json!(format!("https://podwright.dev/reasons#{anchor}")));
    }
    let fingerprints: BTreeSet<&str> =
        results.iter().map(|result| result["partialFingerprints"]["podwrightFinding/v1"].as_str().unwrap()).collect();
    assert_eq!(fingerprints.len(), results.len());
}

/// The anchors in docs/reasons.md are GitHub's: a heading in lower case.
#[test]
fn each_code_has_an_anchor_of_its_own() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reasons.md")).unwrap();
    let mut anchors = BTreeSet::new();
    for (_, reason) in reasons() {
        assert!(page.contains(&format!("\n## {}\n", reason.code)), "{}", reason.code);
        assert!(reason.code.chars().all(|c| c.is_ascii_alphanumeric()), "{}", reason.code);
        assert!(anchors.insert(reason.code.to_lowercase()), "{}", reason.code);
    }
}

#[test]
fn json_has_the_same_findings_and_their_objects() {
    let (log, report) = (json("sarif"), json("json"));
    let (results, findings) = (log["runs"][0]["results"].as_array().unwrap(), report["findings"].as_array().unwrap());
    assert_eq!(results.len(), findings.len());
    for (result, finding) in results.iter().zip(findings) {
        assert_eq!(result["ruleId"], finding["code"]);
        assert_eq!(result["message"]["text"], finding["message"]);
        assert_eq!(result["partialFingerprints"]["podwrightFinding/v1"], finding["fingerprint"]);
    }
    let object = json!({"apiVersion": "v1", "kind": "Pod", "namespace": "default", "name": "web"});
    let denied = findings.iter().find(|finding| finding["file"] == "a b.yaml").unwrap();
    assert_eq!((&denied["object"], &denied["key"]), (&object, &json!("podwright.dev/pre-stop-sleep")));
    let summary = json!({"objects": 5, "withPods": 4, "errors": 5, "warnings": 2, "notes": 0, "inBaseline": 0});
    assert_eq!(report["summary"], summary);
    assert!(report["unreadable"][0].as_str().unwrap().contains("missing.yaml"));
}

#[test]
fn a_namespace_is_in_no_namespace() {
    let folder = Scratch::new().unwrap();
    let manifest = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {podwright.dev/profile: wbe}}\n";
    fs::write(folder.path().join("shop.yaml"), manifest).unwrap();
    let report = stdout(&lint(folder.path(), &["--format", "json", "shop.yaml"]));
    let report: Value = serde_json::from_str(&report).unwrap();
    let object = json!({"apiVersion": "v1", "kind": "Namespace", "name": "shop"});
    assert_eq!(report["findings"][0]["object"], object);
}

fn cases(report: &Report) -> impl Iterator<Item = &TestCase> {
    report.test_suites.iter().flat_map(|suite| &suite.test_cases)
}

fn names(report: &Report, is: fn(&TestCaseStatus) -> bool) -> Vec<String> {
    cases(report).filter(|case| is(&case.status)).map(|case| case.name.as_str().to_owned()).collect()
}

#[test]
fn junit_has_a_case_for_each_object_with_pods() {
    let xml = in_format("junit", &[]);
    let report = Report::deserialize_from_str(&xml).unwrap_or_else(|error| panic!("{error}\n{xml}"));
    assert_eq!((report.tests, report.failures, report.errors), (6, 2, 2), "{xml}");
    let passed = names(&report, |status| matches!(status, TestCaseStatus::Success { .. }));
    assert_eq!(passed, ["Pod default/warned", "Pod default/silent"], "warnings do not fail by default");
    let denied = cases(&report).find(|case| case.name.as_str() == "Pod default/web").unwrap();
    let TestCaseStatus::NonSuccess { ty, description, .. } = &denied.status else { panic!("{denied:?}") };
    assert_eq!(ty.as_ref().map(|ty| ty.as_str()), Some("Invalid"));
    assert_eq!(description.as_ref().map(|text| text.as_str().lines().count()), Some(3), "{description:?}");
    let warned = cases(&report).find(|case| case.name.as_str() == "Pod default/warned").unwrap();
    assert!(warned.system_out.as_ref().is_some_and(|text| text.as_str().contains("[KeptAuthors]")));
}

#[test]
fn warnings_fail_cases_where_they_fail_the_run() {
    let xml = in_format("junit", &["--fail-on-warning"]);
    let report = Report::deserialize_from_str(&xml).unwrap_or_else(|error| panic!("{error}\n{xml}"));
    assert_eq!((report.tests, report.failures, report.errors), (6, 3, 2), "{xml}");
    assert_eq!(names(&report, |status| matches!(status, TestCaseStatus::Success { .. })), ["Pod default/silent"]);
}

#[test]
fn formats_of_no_findings_are_valid_too() {
    let folder = Scratch::new().unwrap();
    fs::write(folder.path().join("settings.yaml"), CONFIG_MAP).unwrap();
    let of = |format: &str| stdout(&lint(folder.path(), &["--format", format, "."]));
    let log: Value = serde_json::from_str(&of("sarif")).unwrap();
    assert!(jsonschema::is_valid(&sarif_schema(), &log), "{log}");
    assert!(Report::deserialize_from_str(&of("junit")).is_ok_and(|report| report.tests == 0));
    assert_eq!((of("text"), of("github")), (String::new(), String::new()));
}

/// CI systems find a file by its path from the repository's root, without `./`.
#[test]
fn formats_for_ci_have_paths_from_the_current_folder() {
    let folder = Scratch::new().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    folder.write("in/warned.yaml", WARNED).unwrap();
    let path = "in/warned.yaml";
    for given in
        [".", "./in", "in/warned.yaml", &folder.path().canonicalize().unwrap().join("in").display().to_string()]
    {
        let of = |format: &str| stdout(&lint(folder.path(), &["--format", format, given]));
        let json = |format: &str| -> Value { serde_json::from_str(&of(format)).expect("JSON") };
        assert!(of("github").starts_with(&format!("::warning file={path},line=6,")), "{given}: {}", of("github"));
        assert_eq!(json("json")["findings"][0]["file"], path, "{given}");
        let place = &json("sarif")["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], path, "{given}");
        let report = Report::deserialize_from_str(&of("junit")).expect("JUnit");
        assert_eq!(cases(&report).next().and_then(|case| case.classname.as_deref()), Some(path), "{given}");
    }
}

/// A job in GitHub Actions can have a `working-directory` below the checkout.
#[test]
fn in_github_actions_paths_begin_at_the_checkout() {
    let checkout = Scratch::new().unwrap();
    let folder = checkout.path().join("deploy/shop");
    fs::create_dir_all(&folder).unwrap();
    checkout.write("deploy/shop/warned.yaml", WARNED).unwrap();
    checkout.write("deploy/other.yaml", WARNED).unwrap();
    let of = |workspace: &Path, format: &str, file: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podwright"));
        command.args(["lint", "--format", format, file]).current_dir(&folder).env_clear();
        stdout(&command.env("GITHUB_WORKSPACE", workspace).output().expect("podwright starts"))
    };
    let elsewhere = Scratch::new().unwrap();
    let linked = elsewhere.path().join("checkout");
    symlink(checkout.path(), &linked).unwrap();
    symlink(&folder, checkout.path().join("deploy/link")).unwrap();
    let absolute = linked.join("deploy/other.yaml");
    for (workspace, file, expected) in [
        (linked.as_path(), absolute.to_str().unwrap(), "deploy/other.yaml"),
        (&linked, "../link/../other.yaml", "deploy/other.yaml"),
        (&linked, "../link/warned.yaml", "deploy/shop/warned.yaml"),
        (checkout.path(), "warned.yaml", "deploy/shop/warned.yaml"),
        (&folder, "warned.yaml", "warned.yaml"),
        (elsewhere.path(), "warned.yaml", "warned.yaml"),
        (Path::new(""), "warned.yaml", "warned.yaml"),
        (checkout.path(), "../other.yaml", "deploy/other.yaml"),
        (&folder, "../other.yaml", "../other.yaml"),
    ] {
        let commands = of(workspace, "github", file);
        assert!(commands.starts_with(&format!("::warning file={expected},line=")), "{commands}");
        let log: Value = serde_json::from_str(&of(workspace, "sarif", file)).expect("JSON");
        let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], expected);
    }
}

/// A pull request chooses the names of files and the values in them. None starts a workflow command of its own.
#[test]
fn hostile_names_and_values_stay_within_their_workflow_command() {
    let folder = Scratch::new().unwrap();
    let hostile = "\\n::error file=x::y\\r%0A\\u001b[31m\\u2028\\u202e";
    let text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: \"{hostile}\"\n  annotations:\n    \
         podwright.dev/pre-stop-sleep: \"{hostile}\"\nspec: {{containers: [{{name: \"{hostile}\"}}]}}\n"
    );
    for file in ["a\n::error::b.yaml", "a,b:c%0A::d.yaml"] {
        fs::write(folder.path().join(file), &text).unwrap();
    }
    let said = stdout(&lint(folder.path(), &["--format", "github", "."]));
    let starts: Vec<&str> = said.lines().map(|line| line.split(",line=").next().unwrap()).collect();
    assert_eq!(
        starts,
        ["::error file=a\\n%3A%3Aerror%3A%3Ab.yaml", "::error file=a%2Cb%3Ac%250A%3A%3Ad.yaml"],
        "{said}"
    );
    assert!(said.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{said:?}");
}
