//! A folder in which a reader would run the page's commands: the repository's files, and the tools on `PATH`.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use xtask::scratch::Scratch;

use crate::world::text;

/// The repository's folders that the page names.
const FOLDERS: [&str; 3] = ["docs", "examples", "integrations"];

pub(super) struct Workshop {
    folder: Scratch,
    /// The folders on `PATH`, before the user's own.
    tools: Vec<PathBuf>,
    variables: Vec<(String, PathBuf)>,
}

pub(super) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Workshop {
    /// A folder with podwright, and with the programs in these folders.
    pub(super) fn new(tools: &[PathBuf]) -> Self {
        let folder = Scratch::new().expect("a folder");
        for name in FOLDERS {
            symlink(repository().join(name), folder.path().join(name)).expect("a link");
        }
        let own = folder.path().join("bin");
        fs::create_dir(&own).expect("a folder");
        let podwright = Path::new(env!("CARGO_BIN_EXE_podwright")).parent().expect("a folder").to_owned();
        let tools = [&[own, podwright], tools].concat();
        Self { folder, tools, variables: Vec::new() }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Sets a variable to the path of an own folder or file.
    pub(super) fn set(&mut self, name: &str, path: PathBuf) {
        self.variables.push((name.to_owned(), path));
    }

    /// Adds a program that is a shell script.
    pub(super) fn add(&self, name: &str, script: &str) {
        let file = self.path("bin").join(name);
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).expect("writable");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("a program");
    }

    pub(super) fn write(&self, name: &str, content: &str) {
        let file = self.path(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, content).expect("writable");
    }

    /// Runs a script as a reader would.
    pub(super) fn run(&self, script: &str) -> Output {
        let own = self.tools.iter().map(|folder| folder.display().to_string());
        let path = own.chain(std::env::var("PATH")).collect::<Vec<_>>().join(":");
        let mut shell = Command::new("bash");
        shell.args(["-euo", "pipefail", "-c", script]).current_dir(self.folder.path()).env("PATH", path);
        shell.env_remove("KUBECONFIG").envs(self.variables.iter().cloned());
        shell.output().expect("bash starts")
    }

    /// Runs a script that succeeds, and returns its standard output.
    pub(super) fn read(&self, script: &str) -> String {
        let output = self.run(script);
        assert!(output.status.success(), "{script}\n{}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }
}

/// Returns the objects of a YAML stream.
pub(super) fn objects(yaml: &str) -> Vec<Value> {
    let all: Vec<Value> = serde_saphyr::from_multiple(yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
    all.into_iter().filter(|object| !object.is_null()).collect()
}

/// Returns the only object of this kind.
pub(super) fn only(objects: &[Value], kind: &str) -> Value {
    let mut found = objects.iter().filter(|object| object["kind"] == kind);
    let first = found.next().unwrap_or_else(|| panic!("no {kind} in {objects:?}"));
    assert!(found.next().is_none(), "more than one {kind} in {objects:?}");
    first.clone()
}
