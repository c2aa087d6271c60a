//! The cluster leaves nothing on the machine, even if its process is killed.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{self, Stdio},
};

use super::stage::{PATIENCE, Stage};
use xtask::{Error, ensure, files, lifeline, wait::eventually};

/// Starts `cargo xtask cluster` as a second cluster, and kills it.
pub(crate) fn none_when_killed(_: &Stage) -> Result<String, Error> {
    // Not its path: a build during the tests may have replaced the file. This link leads to the running program even then.
    let this = format!("/proc/{}/exe", process::id());
    let mut command = lifeline::command_without_grace(this);
    command.args(["cluster", "nothing"]).stdout(Stdio::piped());
    let mut held = lifeline::spawn(command)?;
    // Kept until the end: a closed pipe would end the cluster before it is killed.
    let mut lines = held.stdout().map(|stdout| BufReader::new(stdout).lines()).into_iter().flatten();
    let folder = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.trim().strip_prefix("folder:").map(|path| path.trim().to_owned()));
    let folder = folder.ok_or_else(|| Error::new("`cargo xtask cluster` ended without naming its folder"))?;
    let name = folder.rsplit('/').next().unwrap_or_default().to_owned();
    ensure!(
        !folder.is_empty() && traces(&folder, &name).len() > 5,
        "expected traces of a running cluster; found {:?}",
        traces(&folder, &name)
    );

    held.signal("KILL")?;
    let mut left = Vec::new();
    let gone = eventually(PATIENCE, "the killed cluster left traces", || {
        left = traces(&folder, &name);
        Ok(left.is_empty())
    });
    gone.map_err(|error| Error::new(format!("{error}: {left:?}")))?;
    Ok("a killed cluster left no folder, cgroup or process".to_owned())
}

/// The folder, the cgroups, and the processes with the folder in their command line.
fn traces(folder: &str, name: &str) -> Vec<String> {
    let mut found: Vec<String> = Path::new(folder).exists().then(|| folder.to_owned()).into_iter().collect();
    let roots = files::list(Path::new("/sys/fs/cgroup"))
        .unwrap_or_default()
        .into_iter()
        .chain([PathBuf::from("/sys/fs/cgroup")]);
    found.extend(roots.map(|root| root.join(name)).filter(|path| path.exists()).map(|path| path.display().to_string()));
    for process in files::list(Path::new("/proc")).unwrap_or_default() {
        let line = fs::read(process.join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(folder) {
            found.push(format!("{}: {}", process.display(), line.chars().take(80).collect::<String>()));
        }
    }
    found
}
