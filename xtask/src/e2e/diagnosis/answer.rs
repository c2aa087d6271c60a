//! The answers of `podwright why`, `check` and `inventory`.

use std::collections::BTreeMap;

use serde_json::Value;
use xtask::{Error, bail, ensure, files, wait::eventually};

use crate::{
    e2e::{
        install::{in_shell, shell},
        stage::{PATIENCE, Stage},
    },
    root,
};

/// The states of a Pod in the inventory.
const STATES: [&str; 6] = ["injected", "missed", "stale", "denied", "leftAlone", "unknown"];

/// The answer of a command.
pub(super) struct Answer {
    pub(super) code: Option<i32>,
    /// The output in JSON; null if the command printed something else.
    pub(super) document: Value,
    /// The command line with all output.
    pub(super) shown: String,
}

impl Answer {
    /// Runs a command line of podwright, as a user does. It may fail.
    pub(super) fn of(stage: &Stage, line: &str) -> Result<Self, Error> {
        let failed = |reason| Error::new(format!("cannot run `{line}`: {reason}"));
        let output = in_shell(stage.cluster, line).output().map_err(failed)?;
        let [stdout, stderr] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
        let document = serde_json::from_str(&stdout).unwrap_or_default();
        Ok(Self { code: output.status.code(), document, shown: format!("$ {line}\n{stdout}{stderr}") })
    }

    /// Runs a command line with `-o json`.
    pub(super) fn json(stage: &Stage, line: &str) -> Result<Self, Error> {
        Self::of(stage, &format!("{line} -o json"))
    }

    /// The steps of `why`, or of all groups of `check`.
    fn steps(&self) -> impl Iterator<Item = &Value> {
        let groups = items(&self.document, "groups").flat_map(|group| items(group, "steps"));
        items(&self.document, "steps").chain(groups)
    }

    /// Fails unless exactly these steps are causes or faults.
    pub(super) fn faults(&self, expected: &[&str]) -> Result<&Self, Error> {
        let failed = self.steps().filter(|step| text(step, "result") == "failed");
        let failed: Vec<&str> = failed.map(|step| text(step, "step")).collect();
        ensure!(failed == expected && self.code == Some(1), "{}\nexpected the faults {expected:?}", self.shown);
        Ok(self)
    }

    /// Fails unless this step is the only cause, and its words have `words`.
    pub(super) fn cause(&self, step: &str, words: &str) -> Result<&Self, Error> {
        self.faults(&[step])?;
        ensure!(self.shown.contains(words), "{}\nexpected the words {words:?}", self.shown);
        Ok(self)
    }

    /// Fails unless the exit code is 0.
    pub(super) fn is_satisfied(&self) -> Result<(), Error> {
        ensure!(self.code == Some(0), "{}\nexpected the exit code 0", self.shown);
        Ok(())
    }

    /// Runs the first remedy's commands, as printed.
    pub(super) fn mend(&self, stage: &Stage) -> Result<(), Error> {
        let commands = self.steps().find_map(|step| step.pointer("/remedy/commands")?.as_array());
        let commands: Vec<&str> = commands.into_iter().flatten().filter_map(Value::as_str).collect();
        ensure!(!commands.is_empty(), "{}\nexpected a command", self.shown);
        commands.iter().try_for_each(|command| shell(stage.cluster, command).map(drop))
    }

    /// Returns the state of each workload and an example Pod, by the workload's name in the form that `why` accepts.
    pub(super) fn rows(&self) -> Result<BTreeMap<String, Row<'_>>, Error> {
        let Some(workloads) = self.document.get("workloads").and_then(Value::as_array) else {
            bail!("{}\nexpected a list of workloads", self.shown);
        };
        Ok(workloads.iter().map(|row| (name(row), Row::of(row))).collect())
    }
}

/// A row of the inventory.
pub(super) struct Row<'a> {
    /// Its states, such as `missed 2`.
    pub(super) states: Vec<String>,
    /// The first reason.
    pub(super) reason: &'a str,
    /// A Pod with this reason.
    pub(super) example: &'a str,
}

impl<'a> Row<'a> {
    fn of(row: &'a Value) -> Self {
        let count = |state: &&str| row.get(*state).and_then(Value::as_u64).unwrap_or_default();
        let states = STATES.iter().filter(|state| count(state) > 0);
        let first = row.pointer("/reasons/0").unwrap_or(&Value::Null);
        Self {
            states: states.map(|state| format!("{state} {}", count(state))).collect(),
            reason: text(first, "reason"),
            example: text(first, "example"),
        }
    }
}

fn name(row: &Value) -> String {
    let (group, kind) = (text(row, "group"), text(row, "kind").to_lowercase());
    let dot = if group.is_empty() { "" } else { "." };
    format!("{kind}{dot}{group}/{}", text(row, "name"))
}

fn items<'v>(value: &'v Value, field: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    value.get(field).and_then(Value::as_array).into_iter().flatten()
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Waits until a command of podwright is satisfied.
pub(super) fn until_satisfied(stage: &Stage, line: &str) -> Result<(), Error> {
    eventually(PATIENCE, &format!("`{line}` finds a cause"), || Answer::of(stage, line)?.is_satisfied().map(|()| true))
}

/// The command lines of a page that begin with `podwright`, without comments.
pub(super) fn commands(page: &str) -> Result<Vec<String>, Error> {
    let text = files::read(&root().join(page))?;
    let blocks = text.split("\n```sh\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    let lines = blocks.flat_map(str::lines).filter(|line| line.starts_with("podwright "));
    let found: Vec<String> = lines.map(|line| line.split(" #").next().unwrap_or(line).trim().to_owned()).collect();
    ensure!(!found.is_empty(), "{page} has no block with a command of podwright");
    Ok(found)
}
