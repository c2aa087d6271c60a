//! The parent of all cgroups of a cluster, removed when this process ends, however it ends.

use std::{
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::Error;

#[derive(Debug)]
pub(crate) struct Cgroups {
    name: String,
    guard: Child,
}

impl Cgroups {
    /// Uses the name of the cluster's folder, so that one name finds all traces.
    pub(crate) fn new(folder: &Path) -> Result<Self, Error> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
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
