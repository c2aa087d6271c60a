//! `kubectl apply --dry-run=server`, and the comparable part of its answer.

use std::{path::Path, process::Stdio};

use xtask::{Error, control_plane::ControlPlane};

#[derive(Debug)]
pub(super) struct DryRun {
    /// The object as YAML, without the fields that change with each request; none if it was refused.
    pub(super) object: Option<String>,
    /// kubectl's warnings, or its reason for a refusal.
    pub(super) said: String,
}

pub(super) fn dry_run(cluster: &ControlPlane, file: &Path) -> Result<DryRun, Error> {
    let mut kubectl = cluster.kubectl(&["apply", "--dry-run=server", "-o", "yaml", "-f"]);
    let output = kubectl.arg(file).stdin(Stdio::null()).output();
    let output = output.map_err(Error::at("run kubectl for", file))?;
    let object = output.status.success().then(|| comparable(&String::from_utf8_lossy(&output.stdout)));
    Ok(DryRun { object, said: String::from_utf8_lossy(&output.stderr).into_owned() })
}

/// The first words of lines that change with each request, and of kubectl's own annotation.
const LEFT_OUT: [&str; 5] = [
    "uid: ",
    "creationTimestamp: ",
    "resourceVersion: ",
    "kubectl.kubernetes.io/last-applied-configuration: |",
    "{\"apiVersion\":",
];

fn comparable(yaml: &str) -> String {
    let left_out = |line: &&str| LEFT_OUT.iter().any(|start| line.trim_start().starts_with(start));
    yaml.lines().filter(|line| !left_out(line)).map(|line| without_random_name(line) + "\n").collect()
}

/// The volume of the ServiceAccount's token is called `kube-api-access-` and five random characters.
fn without_random_name(line: &str) -> String {
    const RANDOM: usize = 5;
    match line.split_once("kube-api-access-") {
        Some((before, name)) => {
            let after: String = name.chars().skip(RANDOM).collect();
            format!("{before}kube-api-access-{}{after}", "x".repeat(RANDOM))
        }
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::comparable;

    #[test]
    fn what_differs_from_request_to_request_is_left_out() {
        let note =
            "  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"apiVersion\":\"v1\"}\n";
        let meta = "  creationTimestamp: \"now\"\n  name: a\n  uid: 1-2\n";
        let yaml = format!("metadata:\n{note}{meta}spec:\n- name: kube-api-access-x7k2p\n");
        let expected = "metadata:\n  annotations:\n  name: a\nspec:\n- name: kube-api-access-xxxxx\n";
        assert_eq!(comparable(&yaml), expected);
        assert_eq!(comparable("fieldPath: metadata.uid\n"), "fieldPath: metadata.uid\n");
    }
}
