//! podwright installed as an operator does it: with the commands of docs/install.md, in a folder with a copy of the manifests.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use xtask::{Error, cluster::Cluster, ensure, files, helm::Helm, process, wait::eventually};

use super::stage::apply_text;
use crate::root;

pub(crate) const NAMESPACE: &str = "podwright-system";
/// Has two replicas.
pub(crate) const DEPLOYMENT: &str = "deployment/podwright";
const PATIENCE: Duration = Duration::from_secs(60);
/// `failurePolicy: Fail`, so that a Pod without injection is refused and visible.
pub(crate) const STRICT: &str = "components: [../manifests/components/strict]\n";
/// A Pod that shows whether podwright is called.
const CANARY: &str = include_str!("canary.yaml");

/// Prepares a folder with `manifests` and `charts`, and scripts for `kubectl`, `helm` and `podwright`. `program` is podwright
/// itself.
pub(crate) fn prepare(cluster: &Cluster, root: &Path, program: &Path) -> Result<(), Error> {
    let site = site(cluster);
    fs::create_dir(&site).map_err(Error::at("make", &site))?;
    process::run(Command::new("cp").arg("-r").args([root.join("manifests"), root.join("charts")]).arg(&site))?;
    cluster.write_kubectl_script()?;
    cluster.write_script("helm", &Helm::Three.program()?)?;
    cluster.write_script("podwright", program).map(drop)
}

/// Installs podwright from the manifests, with the commands of docs/install.md.
pub(crate) fn install(cluster: &Cluster) -> Result<(), Error> {
    let commands = commands()?;
    ensure!(commands.len() >= 2, "docs/install.md must have two kubectl commands in its first sh block");
    commands.iter().try_for_each(|command| shell(cluster, command).map(drop))?;
    wait_until_injected(cluster)
}

/// The names that the manifests and the chart have for podwright's image.
pub(crate) fn images(cluster: &Cluster) -> Result<BTreeSet<String>, Error> {
    let rendered = shell(
        cluster,
        "cat manifests/deployment.yaml; helm template podwright charts/podwright --kube-version 1.37.0",
    )?;
    let images = rendered.lines().filter_map(|line| line.trim().strip_prefix("image: "));
    Ok(images.map(|image| image.trim_matches('"').to_owned()).collect())
}

/// Runs `look` with an overlay, and restores the base in any case.
pub(crate) fn under<T>(
    cluster: &Cluster,
    kustomization: &str,
    look: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    apply_overlay(cluster, kustomization)?;
    let seen = look();
    apply_base(cluster)?;
    seen
}

pub(crate) fn apply_base(cluster: &Cluster) -> Result<(), Error> {
    shell(cluster, "kubectl apply -k manifests").map(drop)
}

/// Applies an overlay of the manifests: a kustomization without its `resources`.
pub(crate) fn apply_overlay(cluster: &Cluster, kustomization: &str) -> Result<(), Error> {
    let folder = site(cluster).join("overlay");
    files::make(&folder)?;
    let file = folder.join("kustomization.yaml");
    files::write(&file, format!("resources: [../manifests]\n{kustomization}"))?;
    shell(cluster, "kubectl apply -k overlay").map(drop)
}

/// Waits until a Pod that opts in is injected.
pub(crate) fn wait_until_injected(cluster: &Cluster) -> Result<(), Error> {
    eventually(
        PATIENCE,
        "podwright does not inject into the canary",
        || Ok(canary(cluster)?.contains("name: POD_NAME")),
    )
}

/// A Pod that opts in, as the API server would create it.
pub(crate) fn canary(cluster: &Cluster) -> Result<String, Error> {
    apply_text(cluster, CANARY, &["--dry-run=server", "-o", "yaml"]).map(|said| said.stdout)
}

/// Runs `podwright`, as an operator does, and returns all output.
pub(crate) fn podwright(cluster: &Cluster, arguments: &[&str]) -> Result<String, Error> {
    let mut command = Command::new(cluster.folder().join("podwright"));
    command.args(arguments).env("KUBECONFIG", cluster.kubeconfig());
    let said = process::finish(&format!("podwright {}", arguments.join(" ")), &mut command, "")?;
    Ok(said.stdout + &said.stderr)
}

/// Runs an operator's command line and returns its standard output.
pub(crate) fn shell(cluster: &Cluster, line: &str) -> Result<String, Error> {
    process::read_as(line, &mut in_shell(cluster, line))
}

/// An operator's command line in the folder of [`site`], with `kubectl`, `helm` and `podwright`.
pub(crate) fn in_shell(cluster: &Cluster, line: &str) -> Command {
    let path = env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).env("PATH", format!("{}:{path}", cluster.folder().display()));
    shell.env("KUBECONFIG", cluster.kubeconfig()).current_dir(site(cluster));
    shell
}

/// The logs of podwright's replicas.
pub(crate) fn logs(cluster: &Cluster) -> String {
    let selector = ["-n", NAMESPACE, "-l", "app.kubernetes.io/name=podwright"];
    let of = |words: &[&str]| cluster.run(&[words, &selector[..]].concat()).unwrap_or_else(|error| error.to_string());
    format!("{}\n{}", of(&["get", "pods", "-o", "wide"]), of(&["logs", "--tail=30", "--prefix"]))
}

/// The page's first commands. A release's commands, as in the README, need a registry.
fn commands() -> Result<Vec<String>, Error> {
    let page = files::read(&root().join("docs/install.md"))?;
    let block = page.split("\n```sh\n").nth(1).and_then(|rest| rest.split("\n```").next());
    let lines = block.unwrap_or_default().lines();
    Ok(lines.filter(|line| line.starts_with("kubectl ")).map(str::to_owned).collect())
}

/// The folder in which [`shell`] runs.
pub(crate) fn site(cluster: &Cluster) -> PathBuf {
    cluster.folder().join("site")
}
