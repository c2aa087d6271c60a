//! A cluster's own namespaces: network, mounts and processes. Every process in them ends with them, and they end with
//! this process, even if it is killed.

use std::{ffi::OsStr, path::Path, process::Command, time::Duration};

use crate::{Error, control_plane::servers::SERVICES, lifeline, logged::Logged};

const PATIENCE: Duration = Duration::from_secs(30);

/// The namespaces, held open by a sleeping process.
#[derive(Debug)]
pub(crate) struct Namespace {
    holder: Logged,
}

impl Namespace {
    /// Makes the namespaces, with a bridge for each of `nodes` (its name, and its address with the prefix length) and a
    /// route for Services. Inside, `folder` is `/run/cluster`, and `cgroup` is the parent of all cgroups.
    pub(crate) fn new(folder: &Path, cgroup: &OsStr, nodes: &[(String, String)]) -> Result<Self, Error> {
        // SIGKILL at once: unshare ignores SIGTERM, and its child is killed with it.
        let mut command = lifeline::command_without_grace("unshare");
        command.args(["--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]);
        command.args(["sh", "-c", include_str!("namespace.sh"), "namespace"]).arg(folder).arg(cgroup).arg(SERVICES);
        command.args(nodes.iter().flat_map(|(name, address)| [name, address]));
        let mut holder = Logged::start("namespace", command, folder)?;
        holder.wait_for(PATIENCE, |log| Ok(log.ends_with("ready\n").then_some(())))?;
        Ok(Self { holder })
    }

    /// A command in the cluster's network that sees the machine's files and processes.
    pub(crate) fn in_network(&self, program: impl AsRef<OsStr>) -> Command {
        self.enter(Command::new("nsenter"), &["net"], program.as_ref())
    }

    /// A command in the cluster's network for `lifeline::spawn`; the process id is the program's own.
    pub(crate) fn held_in_network(&self, program: impl AsRef<OsStr>) -> Command {
        self.enter(lifeline::command_without_grace("nsenter"), &["net"], program.as_ref())
    }

    /// A command among the cluster's processes and mounts.
    pub(crate) fn inside(&self, program: impl AsRef<OsStr>) -> Command {
        self.enter(Command::new("nsenter"), &["net", "mount", "pid"], program.as_ref())
    }

    /// A command among the cluster's processes and mounts for `lifeline::spawn`. The process is nsenter, and the
    /// program ends with the namespaces.
    pub(crate) fn held_inside(&self, program: impl AsRef<OsStr>) -> Command {
        self.enter(lifeline::command_without_grace("nsenter"), &["net", "mount", "pid"], program.as_ref())
    }

    /// The command line of nsenter for a shell.
    pub(crate) fn shell_prefix(&self, kinds: &[&str]) -> String {
        let options: Vec<_> = kinds.iter().map(|kind| self.option(kind)).collect();
        format!("nsenter {} --", options.join(" "))
    }

    fn enter(&self, mut nsenter: Command, kinds: &[&str], program: &OsStr) -> Command {
        nsenter.args(kinds.iter().map(|kind| self.option(kind))).arg("--").arg(program);
        nsenter
    }

    /// unshare itself is in all of the namespaces but that of processes, which only its children are in.
    fn option(&self, kind: &str) -> String {
        let file = match kind {
            "net" => "net",
            "mount" => "mnt",
            _ => "pid_for_children",
        };
        format!("--{kind}=/proc/{}/ns/{file}", self.holder.held.pid())
    }
}
