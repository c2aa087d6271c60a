//! One run of `cargo test` on the workspace, whose output is shown and read line by line.

use std::{
    env,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use xtask::{
    Error,
    process::{cargo, run},
};

/// The variable for the number of cases of each property, and its default.
const CASES: (&str, &str) = ("PROPTEST_CASES", "500");

/// The arguments of a run.
#[derive(Debug)]
pub(crate) struct CargoTests<'a> {
    pub(crate) root: &'a Path,
    /// Arguments of cargo itself, such as `--test golden` and the first filter.
    pub(crate) of_cargo: Vec<String>,
    /// Arguments of the test programs, after `--include-ignored`.
    pub(crate) of_tests: Vec<String>,
    /// The control plane's programs; the newest if none.
    pub(crate) assets: Option<PathBuf>,
}

impl<'a> CargoTests<'a> {
    /// The run of `cargo xtask test ARGUMENTS`, which may have a `--`.
    pub(crate) fn of(root: &'a Path, arguments: &[String]) -> Self {
        let mut parts = arguments.splitn(2, |argument| argument == "--").map(<[String]>::to_vec);
        let [of_cargo, of_tests] = [(); 2].map(|()| parts.next().unwrap_or_default());
        Self { root, of_cargo, of_tests, assets: None }
    }

    /// Builds the tests.
    pub(crate) fn build(&self) -> Result<(), Error> {
        run(command(self.root, &["--no-run"]).args(&self.of_cargo))
    }

    /// Runs the built tests, shows each line of their output and passes it on, and returns whether all passed.
    pub(crate) fn run(&self, mut each: impl FnMut(&str)) -> Result<bool, Error> {
        let failed = |reason| Error::new(format!("cannot run cargo: {reason}"));
        let (reader, writer) = io::pipe().map_err(failed)?;
        let mut command = command(self.root, &["--no-fail-fast"]);
        // `cargo test` alone skips the tests that need a control plane.
        command.args(&self.of_cargo).args(["--", "--include-ignored"]).args(&self.of_tests);
        command.envs(self.assets.iter().map(|folder| ("KUBEBUILDER_ASSETS", folder)));
        // Cargo prints the programs on standard error, and they print their results on standard output: one pipe keeps
        // the order.
        command.stdout(writer.try_clone().map_err(failed)?).stderr(writer);
        let mut cargo = command.spawn().map_err(failed)?;
        // Closes this process's ends of the pipe.
        drop(command);
        for line in BufReader::new(reader).split(b'\n') {
            let line = line.map_err(failed)?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            each(&line);
        }
        Ok(cargo.wait().map_err(failed)?.success())
    }
}

/// `cargo test` on the workspace.
pub(super) fn command(root: &Path, options: &[&str]) -> Command {
    let mut cargo = cargo(root, "test");
    cargo.args(["--workspace", "--locked"]).args(options);
    cargo.env(CASES.0, env::var_os(CASES.0).unwrap_or_else(|| CASES.1.into()));
    // One per core, unlike .cargo/config.toml: the API server works while a test waits for it.
    let threads = thread::available_parallelism().map_or(1, usize::from);
    cargo.env("RUST_TEST_THREADS", threads.to_string());
    cargo
}
