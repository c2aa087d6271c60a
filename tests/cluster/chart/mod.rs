//! `charts/podwright`: its objects equal `manifests/` and the components, its page and schema follow from its values,
//! and Helm 3 and 4 install, change and remove it on a real API server.

mod life;
mod names;
mod page;
pub(crate) mod place;
mod refused;
mod rendered;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use xtask::helm::Helm;

use crate::world::text;

/// The Kubernetes version for templates rendered without an API server.
const FOR_KUBERNETES: &str = "1.37.2";

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn chart() -> PathBuf {
    repository().join("charts/podwright")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Runs Helm without a cluster.
fn helm(helm: Helm, arguments: &[&str]) -> Output {
    let program = helm.program().unwrap_or_else(|error| panic!("{error}"));
    Command::new(program).args(arguments).env_remove("KUBECONFIG").output().expect("Helm starts")
}

/// The chart's objects with these flags, such as `--set strict=true`, hooks included.
pub(crate) fn templated(version: Helm, namespace: &str, flags: &[&str]) -> Vec<Value> {
    let chart = chart();
    let chart = chart.to_str().expect("UTF-8");
    let arguments = ["template", "podwright", chart, "--namespace", namespace, "--kube-version", FOR_KUBERNETES];
    let output = helm(version, &[&arguments[..], flags].concat());
    assert!(output.status.success(), "{flags:?}: {}", text(&output.stderr));
    let yaml = text(&output.stdout);
    let all: Vec<Value> = serde_saphyr::from_multiple(&yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
    all.into_iter().filter(|object| !object.is_null()).collect()
}

pub(crate) fn is_hook(object: &Value) -> bool {
    !object["metadata"]["annotations"]["helm.sh/hook"].is_null()
}
