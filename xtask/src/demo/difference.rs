//! The difference of two dry runs by `diff -u`, coloured on a terminal.

use std::{
    io::{IsTerminal, stdout},
    process::Command,
};

use super::dry_run::DryRun;
use xtask::{Error, bail, scratch::Scratch};

/// Prints the difference, and kubectl's messages of the second run.
pub(super) fn show(without: &DryRun, with: &DryRun, scratch: &Scratch) -> Result<(), Error> {
    print!("{}", with.said);
    match (&without.object, &with.object) {
        (Some(without), Some(with)) if without == with => {
            println!("(nothing changed; a workload's Pods are fitted when they are created)")
        }
        (Some(without), Some(with)) => print_lines(&unified(without, with, scratch)?),
        (None, Some(_)) => println!("(refused without podwright: {})", without.said.trim()),
        (_, None) => {}
    }
    Ok(())
}

fn unified(without: &str, with: &str, scratch: &Scratch) -> Result<String, Error> {
    let files = [scratch.write("without-podwright", without)?, scratch.write("with-podwright", with)?];
    let output = Command::new("diff").arg("-u").args(files).output();
    let output = output.map_err(|reason| Error::new(format!("cannot run diff: {reason}")))?;
    match output.status.code() {
        Some(0 | 1) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        _ => bail!("diff failed: {}", String::from_utf8_lossy(&output.stderr)),
    }
}

fn print_lines(unified: &str) {
    let colours = stdout().is_terminal();
    // The first two lines name scratch files.
    for line in unified.lines().skip(2) {
        let colour = match line.chars().next() {
            Some('+') => "32",
            Some('-') => "31",
            Some('@') => "36",
            _ => "0",
        };
        if colours { println!("\x1b[{colour}m{line}\x1b[0m") } else { println!("{line}") }
    }
}
