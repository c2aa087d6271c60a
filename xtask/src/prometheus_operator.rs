//! The kinds of the Prometheus operator, from its released Go module.

use std::path::PathBuf;

use crate::{
    Error,
    go::{Module, module},
};

const MODULE: Module = module!(
    "prometheus-operator",
    "the Prometheus operator's kinds",
    [],
    ["go.mod" => "go.mod", "go.sum" => "go.sum"]
);
const NAME: &str = "github.com/prometheus-operator/prometheus-operator";

/// The files with the definitions of PodMonitor and PrometheusRule, downloaded now if they are not in Go's cache.
pub fn definitions() -> Result<[PathBuf; 2], Error> {
    let folder = MODULE.required(NAME)?.join("example/prometheus-operator-crd");
    Ok(["podmonitors", "prometheusrules"].map(|plural| folder.join(format!("monitoring.coreos.com_{plural}.yaml"))))
}
