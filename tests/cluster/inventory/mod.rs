//! `podwright inventory` on a real API server, with its own world: it changes the configuration and stops the webhook.

pub mod cast;
mod formats;
mod measured;
mod owners;
mod pages;
mod property;
mod rights;
mod states;

use std::process::{Command, Output};

use serde_json::Value;

use crate::world::{World, text};

/// Runs `podwright inventory` with these arguments.
fn inventory(world: &World, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podwright"));
    command.arg("inventory").arg("--kubeconfig").arg(world.control_plane.kubeconfig()).args(arguments);
    command.output().expect("podwright starts")
}

/// The rows of a namespace as JSON, and the notes.
fn rows(world: &World, arguments: &[&str]) -> Value {
    let output = inventory(world, &[arguments, &["-o", "json"]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The row of a workload, such as `Pod/web`.
fn row<'r>(rows: &'r Value, workload: &str) -> &'r Value {
    let (kind, name) = workload.split_once('/').expect("a kind and a name");
    let mut all = rows["workloads"].as_array().expect("a list").iter();
    all.find(|row| row["kind"] == kind && row["name"] == name).unwrap_or_else(|| panic!("no {workload} in {rows:#}"))
}

/// The only state of a row's Pods, and the first reason.
fn state(rows: &Value, workload: &str) -> (String, String) {
    let row = row(rows, workload);
    let states = ["injected", "missed", "stale", "denied", "leftAlone", "unknown"];
    let states: Vec<&str> = states.into_iter().filter(|state| row[*state] != 0).collect();
    (states.join("+"), row["reasons"][0]["reason"].as_str().unwrap_or_default().to_owned())
}
