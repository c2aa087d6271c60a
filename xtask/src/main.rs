//! `cargo xtask`: podwright's own chores.
#![allow(clippy::print_stdout, reason = "a program for developers: its standard output is what it is for")]

mod bench;
mod demo;
mod every_test;
mod fuzz;
mod invariants;

use std::{env, fs, path::Path, process::ExitCode};

use xtask::{Error, control_plane, picture};

const USAGE: &str = "\
usage: cargo xtask COMMAND

  control-plane   build etcd, kube-apiserver and kubectl where they are not there yet, and print their folder
  invariants      hold what ARCHITECTURE.md promises about the shape of the code
  test [ARG...]   run every test there is; the arguments go to `cargo test`
  fuzz [ARG...]   run the fuzz targets, a minute each; a wrong argument says what there is
  demo [FILE...]  show what podwright makes of the files, or of examples/, on a real API server
  bench [SECONDS ROUNDS] [NAME=PROGRAM...]
                  measure podwright beside a bare server and a policy, and write docs/performance.md (needs wrk)
  picture         draw docs/preview-light.svg and docs/preview-dark.svg from what `podwright preview` says";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let outcome = match arguments.next().as_deref() {
        Some("control-plane") => show_control_plane(),
        Some("invariants") => invariants::run(root()),
        Some("test") => every_test::run(root(), arguments.collect()),
        Some("fuzz") => fuzz::run(root(), arguments.collect()),
        Some("demo") => demo::run(root(), arguments.map(Into::into).collect()),
        Some("bench") => bench::run(root(), &arguments.collect::<Vec<_>>()),
        Some("picture") => draw_pictures(),
        _ => Err(Error::new(USAGE)),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn show_control_plane() -> Result<ExitCode, Error> {
    println!("{}", control_plane::assets()?.folder().display());
    Ok(ExitCode::SUCCESS)
}

fn draw_pictures() -> Result<ExitCode, Error> {
    for (file, svg) in picture::draw(&demo::build(root())?, root())? {
        fs::write(&file, svg).map_err(Error::at("write", &file))?;
        println!("{}", file.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// The repository's root: this package is one folder below it.
fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}
