//! `cargo xtask test`: every test there is, those in a whole cluster last. Skips nothing in silence: where the machine cannot
//! hold a cluster, that is said before and at the end, with why and what is needed.

use std::{
    env,
    path::Path,
    process::{Command, ExitCode},
    thread,
};

use xtask::{Error, control_plane};

use crate::{e2e, image};

/// The variable for the number of cases of each property, and that number where the caller sets none.
const CASES: (&str, &str) = ("PROPTEST_CASES", "500");

/// Runs `cargo test` on the whole workspace, and then what needs a whole cluster; or what `arguments` choose of the former.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<ExitCode, Error> {
    // Now, so that the minutes of a first build are not inside some test.
    control_plane::assets()?;
    if !arguments.is_empty() {
        return cargo_test(root, arguments);
    }
    let cluster = e2e::prepare();
    match &cluster {
        Ok(()) => build(root)?,
        Err(why) => say_what_is_left_out(why),
    }
    let code = cargo_test(root, &[])?;
    match cluster {
        Ok(()) if code == ExitCode::SUCCESS => e2e::run(root, &[]),
        Ok(()) => {
            eprintln!("`cargo test` failed, so what needs a whole cluster (`cargo xtask e2e`) was not run");
            Ok(code)
        }
        Err(why) => {
            say_what_is_left_out(&why);
            Ok(code)
        }
    }
}

/// The tests, and beside them the release build for the image, which for most of its minutes keeps one core busy. Before any
/// test runs, so that none is slowed down.
fn build(root: &Path) -> Result<(), Error> {
    thread::scope(|scope| {
        let released = scope.spawn(|| e2e::build_ahead(root));
        // What is wrong with the tests is said when they are built again.
        let _ = cargo_test(root, &["--no-run".to_owned(), "--quiet".to_owned()]);
        released.join().unwrap_or_else(|_| Err(Error::new(format!("the build of {} broke off", image::TAG))))
    })
}

fn cargo_test(root: &Path, arguments: &[String]) -> Result<ExitCode, Error> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let end = arguments.iter().position(|argument| argument == "--").unwrap_or(arguments.len());
    let (of_cargo, of_tests) = arguments.split_at(end);
    cargo.args(["test", "--workspace", "--locked"]).args(of_cargo).current_dir(root);
    // `cargo test` alone needs no control plane, and is to be quick.
    cargo.args(["--", "--include-ignored"]).args(of_tests.iter().skip(1));
    cargo.env(CASES.0, env::var_os(CASES.0).unwrap_or_else(|| CASES.1.into()));
    // One for each core, not what .cargo/config.toml sets: the API server works while a test waits for it.
    let threads = thread::available_parallelism().map_or(1, usize::from);
    cargo.env("RUST_TEST_THREADS", threads.to_string());
    let status = cargo.status().map_err(Error::at("run cargo in", root))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

fn say_what_is_left_out(why: &Error) {
    let line = "=".repeat(100);
    eprintln!(
        "\n{line}\nNOT RUN: the tests in a whole Kubernetes cluster, `cargo xtask e2e`.\n\nWhy: {why}\n\n{}\n{line}\n",
        e2e::needs()
    );
}
