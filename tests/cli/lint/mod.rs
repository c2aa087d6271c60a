//! `podwright lint` in pipelines: formats, rules, baselines, summaries and colours.

mod baseline;
mod formats;
mod rules;
mod summary;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

/// A Pod that would be denied, with one mistake in each of two annotations.
const DENIED: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations:\n    podwright.dev/pre-stop-sleep: soon\n    \
    podwright.dev/downward-env: '1,2'\nspec:\n  containers: [{name: web, image: registry.example.com/web:1}]\n";
/// A Pod with two warnings, `KeptAuthors` and `UnknownContainer`.
const WARNED: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: warned\n  annotations:\n    podwright.dev/readiness-probe: tcp:8080\n    \
    podwright.dev/containers: web,nobody\nspec:\n  containers:\n  - name: web\n    image: registry.example.com/web:1\n    \
    readinessProbe: {httpGet: {port: 8080}}\n";
/// A Pod without any setting.
const SILENT: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: silent}\nspec:\n  containers: [{name: app, image: registry.example.com/app:1}]\n";
/// An object without Pods.
const CONFIG_MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n";

/// `podwright lint` in a folder, with the environment of a pipeline.
fn lint(folder: &Path, arguments: &[impl AsRef<OsStr>]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podwright"));
    command.arg("lint").args(arguments).current_dir(folder).env_clear().output().expect("podwright starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// The codes at the end of the lines.
fn codes(output: &Output) -> Vec<String> {
    let text = stdout(output);
    let of_line = |line: &str| line.rsplit_once(" [").map(|(_, code)| code.trim_end_matches(']').to_owned());
    text.lines().filter_map(of_line).collect()
}
