//! `podwright config`, and the configuration file's schema, documentation and examples. The schema and the
//! documentation are generated: `UPDATE_GOLDEN=1 cargo test --test cli configuration` writes them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use podwright::annotation::keys::of_profiles;
use podwright::annotation::value_shape::{ValueShape, field_name};
use podwright::profile::Configuration;
use podwright::profile::file::{ConfigurationFile, schema};
use xtask::scratch::Scratch;

const BEGIN: &str = "<!-- settings: written by `UPDATE_GOLDEN=1 cargo test --test cli configuration` from core/src/annotation/keys.rs -->\n";
const END: &str = "<!-- /settings -->";

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).expect(name)
}

/// Compares a file with its expected text, or writes it with `UPDATE_GOLDEN`.
fn generated(name: &str, expected: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path(name), expected).expect("writable");
    }
    assert_eq!(read(name), expected, "{name}");
}

fn parsed(text: &str) -> Configuration {
    let document =
        ConfigurationFile::parse(text).unwrap_or_else(|problems| unreachable!("{}", problems.lines("F").join("\n")));
    document.configuration().clone()
}

#[test]
fn the_schema_is_the_one_that_is_shipped() {
    let schema = serde_json::to_string_pretty(&schema()).expect("JSON") + "\n";
    generated("docs/configuration.schema.json", &schema);
    assert_eq!(run(&["schema"]), (0, schema, String::new()));
}

#[test]
fn the_documentation_has_the_table_of_settings() {
    let documentation = read("docs/configuration.md");
    let (before, rest) = documentation.split_once(BEGIN).expect("the marker before the table");
    let (_, after) = rest.split_once(END).expect("the marker after the table");
    generated("docs/configuration.md", &format!("{before}{BEGIN}{}{END}{after}", table()));
}

fn table() -> String {
    let mut table = "\n| field | value | meaning |\n| --- | --- | --- |\n".to_owned();
    for (key, shape) in of_profiles() {
        let doc = key.doc.split_whitespace().collect::<Vec<_>>().join(" ");
        let (field, example) = (field_name(key.name), key.example);
        let value = match shape {
            ValueShape::List => format!("a list, or a string with commas: `[{}]`", example.replace(',', ", ")),
            ValueShape::Amounts => {
                let entries = example.replace('=', ": ").replace(',', ", ");
                format!("a mapping, or a string with commas: `{{{entries}}}`")
            }
            ValueShape::Text => format!("a string: `{example}`"),
            ValueShape::Word(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or "),
            ValueShape::Duration => format!("whole seconds: `{example}`, `{}`", example.trim_end_matches('s')),
            ValueShape::Probe => format!("a string, or a Probe of the API as a mapping: `{example}`"),
        };
        let _ = writeln!(table, "| `{field}` | {value} | {doc} |");
    }
    table + "\n"
}

#[test]
fn what_the_documentation_calls_built_in_is_so() {
    let documentation = read("docs/configuration.md");
    let file = documentation.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next());
    assert_eq!(parsed(file.expect("the file")), Configuration::default());
}

#[test]
fn the_example_is_understood_and_can_be_previewed_with() {
    let names: Vec<String> = parsed(&read("examples/configuration.yaml")).profiles.into_keys().collect();
    assert_eq!(names, ["batch", "default", "jvm", "web"]);
    let example = path("examples/configuration.yaml");
    let pod = path("examples/everything.yaml");
    let preview = |profile: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podwright"));
        let output = command.arg("preview").args(profile).arg(&pod).output().expect("started");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let (built_in, own) = (preview(&[]), preview(&["--config", example.to_str().expect("UTF-8")]));
    assert_ne!(built_in, own);
}

#[test]
fn what_is_shown_is_a_file_for_the_same() {
    let (code, built_in, _) = run(&["show"]);
    assert_eq!((code, parsed(&built_in)), (0, Configuration::default()), "{built_in}");
    let (code, shown, _) = run(&["show", path("examples/configuration.yaml").to_str().unwrap()]);
    assert_eq!((code, parsed(&shown)), (0, parsed(&read("examples/configuration.yaml"))), "{shown}");
    assert!(shown.contains("GOMEMLIMIT=limits.memory*90%") && !shown.contains("extends"), "{shown}");
}

#[test]
fn a_file_is_checked_with_everything_that_is_wrong_in_it() {
    let folder = Scratch::new().unwrap();
    let good = "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\n";
    let good_file = folder.write("good.yaml", good).unwrap();
    let broken = format!("{good}profiles:\n  web:\n    preStopSleep: soon\n    readinesProbe: tcp\n");
    let broken_file = folder.write("broken.yaml", &broken).unwrap();
    let [good, broken] = [&good_file, &broken_file].map(|file| file.to_str().unwrap());
    assert_eq!(run(&["check", good]), (0, format!("{good}: ok\n"), String::new()));
    let told = format!(
        "{broken}:5:19: profiles.web.preStopSleep: invalid duration \"soon\": expected whole seconds such as 5s, 5 or \
         1m30s\n{broken}:6:5: profiles.web.readinesProbe: unknown field; did you mean readinessProbe?\n"
    );
    for what in ["check", "show"] {
        assert_eq!(run(&[what, broken]), (1, String::new(), told.clone()));
        let (code, stdout, stderr) = run(&[what, "no/such/file"]);
        assert!((code, stdout.as_str()) == (2, "") && stderr.contains("cannot read no/such/file"), "{stderr}");
    }
    let preview = Command::new(env!("CARGO_BIN_EXE_podwright")).args(["preview", "--config", broken, "-"]).output();
    let preview = preview.unwrap();
    assert_eq!((preview.status.code(), String::from_utf8(preview.stderr).unwrap()), (Some(1), told));
}

#[test]
fn the_metadata_are_for_other_programs() {
    let head = "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\n";
    for metadata in ["{name: a, labels: {b: c}, annotations: {d/e: f}, creationTimestamp: null}", "{}", "null"] {
        assert_eq!(parsed(&format!("{head}metadata: {metadata}\n")), Configuration::default(), "{metadata}");
    }
    let problems = ConfigurationFile::parse(&format!("{head}metadata: web\n")).unwrap_err();
    let expected = "F:3:11: metadata: found a string, \"web\"; expected a mapping, for example {name: profiles}";
    assert_eq!(problems.lines("F"), [expected]);
}

/// The webhook creates such a Pod without the sleep, so the profile is usable.
#[test]
fn a_sleep_that_leaves_no_second_of_the_profiles_grace_period_is_a_warning() {
    let folder = Scratch::new().unwrap();
    let head = "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\n";
    let profile = "profiles:\n  a:\n    preStopSleep: 40s\n    terminationGracePeriod: 40s\n";
    let file = folder.write("doubtful.yaml", &format!("{head}{profile}")).unwrap();
    let file = file.to_str().unwrap();
    let told = format!(
        "{file}:5:19: warning: profiles.a.preStopSleep: a sleep of 40s leaves less than a second of the profile's grace \
         period of 40s, so most Pods get no sleep; set a shorter sleep or a longer period, for example \
         terminationGracePeriod: 70s\n"
    );
    assert_eq!(run(&["check", file]), (0, format!("{file}: ok\n"), told.clone()));
    assert_eq!(run(&["check", "--fail-on-warning", file]), (1, String::new(), told));
    let pod = folder.write("pod.yaml", POD).unwrap();
    let mut preview = Command::new(env!("CARGO_BIN_EXE_podwright"));
    preview.args(["preview", "--output", "report", "--config", file, pod.to_str().unwrap()]);
    let said = String::from_utf8(preview.output().unwrap().stdout).unwrap();
    assert!(said.contains("NoRoom"), "{said}");
}

const POD: &str = "apiVersion: v1
kind: Pod
metadata: {name: one, annotations: {podwright.dev/profile: a}}
spec: {containers: [{name: app, image: app}]}
";

/// Runs `podwright config` and returns its exit code and its output.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_podwright")).arg("config").args(arguments).output().expect("started");
    let [stdout, stderr] = [output.stdout, output.stderr].map(|said| String::from_utf8(said).expect("UTF-8"));
    (output.status.code().unwrap_or(-1), stdout, stderr)
}
