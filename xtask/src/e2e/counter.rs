//! Programs of the tests that count during a check.

use std::{
    io::Read,
    process::{Command, Stdio},
};

use xtask::{
    Error, bail,
    lifeline::{self, Held},
};

pub(crate) struct Counter {
    held: Held,
}

impl Counter {
    /// Starts a command from `Cluster::held_in_network`.
    pub(crate) fn start(mut command: Command) -> Result<Self, Error> {
        command.stdout(Stdio::piped());
        lifeline::spawn(command).map(|held| Self { held })
    }

    /// Ends the program, and returns the numbers in its first line and the other lines, which are reasons.
    pub(crate) fn end<const N: usize>(mut self) -> Result<([u64; N], String), Error> {
        self.held.signal("TERM")?;
        let mut said = String::new();
        if let Some(mut stdout) = self.held.stdout() {
            let read = stdout.read_to_string(&mut said);
            read.map_err(|reason| Error::new(format!("cannot read from a program that counts: {reason}")))?;
        }
        let (first, reasons) = said.split_once('\n').unwrap_or((&said, ""));
        let numbers: Vec<u64> = first.split(' ').filter_map(|word| word.parse().ok()).collect();
        match <[u64; N]>::try_from(numbers) {
            Ok(numbers) => Ok((numbers, reasons.trim().to_owned())),
            Err(_) => bail!("a program that counts said {said:?}; expected a line with {N} numbers"),
        }
    }
}
