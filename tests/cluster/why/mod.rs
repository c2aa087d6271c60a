//! `podwright why` and `podwright check` on a real API server: each cause is named rightly, and its command mends it.

mod certificates;
mod entries;
mod flags;
mod health;
mod installation;
mod namespaces;
mod owners;
mod pods;
mod rights;
mod stage;
mod templates;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use xtask::control_plane::ControlPlane;

use crate::kept::eventually;
use crate::world::text;

/// The answer of `podwright why` or `check`.
pub(super) struct Answer {
    code: Option<i32>,
    document: Value,
    shown: String,
}

/// Runs a command of podwright with `-o json`.
fn ask(control_plane: &ControlPlane, arguments: &[&str]) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podwright"));
    command.args(arguments).args(["-o", "json"]).env("KUBECONFIG", control_plane.kubeconfig());
    let said = command.output().expect("podwright starts");
    let shown = format!("{}{}", text(&said.stdout), text(&said.stderr));
    Answer { code: said.status.code(), document: serde_json::from_slice(&said.stdout).unwrap_or_default(), shown }
}

impl Answer {
    /// All steps, of all groups.
    fn steps(&self) -> Vec<&Value> {
        let groups = self.document["groups"].as_array().into_iter().flatten();
        let grouped = groups.flat_map(|group| group["steps"].as_array().into_iter().flatten());
        self.document["steps"].as_array().into_iter().flatten().chain(grouped).collect()
    }

    fn step(&self, name: &str) -> &Value {
        let found = self.steps().into_iter().find(|step| step["step"] == name);
        found.unwrap_or_else(|| panic!("no step {name}: {}", self.shown))
    }

    /// Asserts that the step has this result, and these words in its message or details.
    fn expect(&self, step: &str, result: &str, words: &str) -> &Self {
        let found = self.step(step);
        let said = format!("{}\n{}", found["message"].as_str().unwrap_or_default(), found["details"]);
        assert!(found["result"] == result && said.contains(words), "{step} {result} {words}: {}", self.shown);
        self
    }

    /// Asserts that the cause is this step, with these words.
    fn cause(&self, step: &str, words: &str) -> &Self {
        assert_eq!(self.code, Some(1), "{}", self.shown);
        let causes: Vec<&Value> = self.steps().into_iter().filter(|it| it["result"] == "failed").collect();
        assert_eq!(causes.len(), 1, "{}", self.shown);
        self.expect(step, "failed", words)
    }

    /// Asserts that everything is as it should be.
    fn is_satisfied(&self) -> &Self {
        assert_eq!(self.code, Some(0), "{}", self.shown);
        self
    }

    /// The commands of the remedies.
    fn commands(&self) -> Vec<&str> {
        let remedies = self.steps().into_iter().map(|step| &step["remedy"]["commands"]);
        remedies.flat_map(|it| it.as_array().into_iter().flatten()).filter_map(Value::as_str).collect()
    }

    /// Runs the commands of the remedies as a user would, in this folder.
    fn mend(&self, control_plane: &ControlPlane, folder: &Path) {
        self.run(control_plane, folder, Some(control_plane.kubeconfig()));
    }

    /// Runs the commands without KUBECONFIG, so only their flags lead to the cluster.
    fn mend_anywhere(&self, control_plane: &ControlPlane, folder: &Path) {
        self.run(control_plane, folder, None);
    }

    fn run(&self, control_plane: &ControlPlane, folder: &Path, kubeconfig: Option<PathBuf>) {
        let script = self.commands().join("\n");
        assert!(!script.is_empty(), "no command: {}", self.shown);
        let kubectl = control_plane.kubectl(&[]);
        let kubectl = Path::new(kubectl.get_program()).parent().expect("its folder").display().to_string();
        let podwright = Path::new(env!("CARGO_BIN_EXE_podwright")).parent().expect("its folder").display().to_string();
        let path = format!("{kubectl}:{podwright}:{}", std::env::var("PATH").unwrap_or_default());
        let mut shell = Command::new("sh");
        shell.args(["-euc", &script]).current_dir(folder).env("PATH", path).env("HOME", folder);
        shell.env_remove("KUBECONFIG").envs(kubeconfig.map(|file| ("KUBECONFIG", file)));
        let said = shell.output().expect("sh starts");
        assert!(said.status.success(), "{script}: {}{}", text(&said.stdout), text(&said.stderr));
    }
}

/// Waits until `why` is satisfied: the API server heeds a changed label or configuration after a moment.
fn until_satisfied(ask: impl Fn() -> Answer) {
    eventually("why is satisfied", || {
        let answer = ask();
        if answer.code == Some(0) { Ok(()) } else { Err(answer.shown) }
    });
}
