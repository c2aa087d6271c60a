//! Programs that run to their end. Every error has the command line, the exit status and the output.

use std::{
    env,
    ffi::OsStr,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use crate::{Error, bail, ensure};

/// The output of a program that succeeded.
#[derive(Debug)]
pub struct Said {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// `cargo COMMAND` in the folder `root`, with the cargo that runs this program.
pub fn cargo(root: &Path, command: &str) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.arg(command).current_dir(root).stdin(Stdio::null());
    // `cargo run` sets these for this program, and ring's build script reads them. Otherwise each change between `cargo
    // test` and `cargo xtask test` would compile ring, kube and podwright again.
    let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in names.filter(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
        cargo.env_remove(name);
    }
    cargo
}

/// Runs a program that shares this program's output.
pub fn run(command: &mut Command) -> Result<(), Error> {
    let status = command.status().map_err(|reason| Error::new(format!("cannot run `{}`: {reason}", line(command))))?;
    ensure!(status.success(), "`{}` failed ({status})", line(command));
    Ok(())
}

/// Runs a program without input and returns its standard output.
pub fn read(command: &mut Command) -> Result<String, Error> {
    read_as(&line(command), command)
}

/// Runs a program as [`read`] does; errors show `line` as the command line.
pub fn read_as(line: &str, command: &mut Command) -> Result<String, Error> {
    finish(line, command, "").map(|said| said.stdout)
}

/// Runs a program with `input`; errors show `line` as the command line.
pub fn finish(line: &str, command: &mut Command, input: &str) -> Result<Said, Error> {
    let failed = |reason| Error::new(format!("cannot run `{line}`: {reason}"));
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends early reports the reason itself.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(failed)?;
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    match output.status.success() {
        true => Ok(Said { stdout, stderr }),
        false => bail!("`{line}` failed ({}): {}", output.status, (stderr + &stdout).trim()),
    }
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args()).map(OsStr::to_string_lossy);
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{finish, read};

    #[test]
    fn an_error_has_the_line_the_status_and_the_words() {
        let error = |command: &mut Command| read(command).err().map(|error| error.to_string()).unwrap_or_default();
        let failed = error(Command::new("/bin/sh").args(["-c", "echo no >&2; exit 3"]));
        assert_eq!(failed, "`sh -c echo no >&2; exit 3` failed (exit status: 3): no");
        let missing = error(&mut Command::new("/there/is/none"));
        assert!(missing.starts_with("cannot run `none`: "), "{missing}");
    }

    #[test]
    fn the_input_arrives() {
        let said = finish("cat", &mut Command::new("cat"), "a\n").map(|said| said.stdout);
        assert_eq!(said.ok().as_deref(), Some("a\n"));
    }
}
