//! The name of the cgroup below which all cgroups of a cluster are, and their removal when this process ends, however it ends. Never
//! removes a cgroup in which a process still is: the kernel does not let it.

use std::{
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
};

use crate::{Error, scratch::random};

/// The name, and the shell that clears up after it.
#[derive(Debug)]
pub(crate) struct Cgroups {
    name: String,
    guard: Child,
}

impl Cgroups {
    pub(crate) fn new() -> Result<Self, Error> {
        let name = format!("podwright-{}", random());
        let mut shell = Command::new("sh");
        shell.args(["-c", include_str!("cgroups.sh"), "cgroups", &name]);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).process_group(0);
        let guard = shell.spawn().map_err(|reason| Error::new(format!("cannot start sh: {reason}")))?;
        Ok(Self { name, guard })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Cgroups {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}
