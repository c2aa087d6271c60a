//! `cargo xtask`: podwright's own chores.
#![allow(
    clippy::print_stdout,
    reason = "a program for developers: its standard output is what it is for"
)]

use std::{env, process::ExitCode};

use xtask::{Error, control_plane};

const USAGE: &str = "\
usage: cargo xtask COMMAND

  control-plane   build etcd, kube-apiserver and kubectl where they are not there yet, and print their folder";

fn main() -> ExitCode {
    let command = env::args().nth(1);
    let outcome = match command.as_deref() {
        Some("control-plane") => show_control_plane(),
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
