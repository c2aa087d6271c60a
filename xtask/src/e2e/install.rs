//! Podwright installed in a cluster, as an operator does it, and its logs where a check failed. Until the manifests are a
//! kustomize base, the Deployment is a file of the tests and the certificate is made here.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use xtask::{Error, cluster::Cluster};

use super::stage::{apply_text, eventually};

pub(crate) const NAMESPACE: &str = "podwright-system";
const DEPLOYMENT: &str = include_str!("podwright.yaml");
const SERVICE: &str = "podwright.podwright-system.svc";
const PATIENCE: Duration = Duration::from_secs(60);
/// A Pod that shows whether podwright is called.
const CANARY: &str = include_str!("canary.yaml");

/// Installs what is in `manifests`, and waits until Pods are fitted. `program` is podwright itself.
pub(crate) fn install(cluster: &Cluster, manifests: &Path, program: &Path) -> Result<(), Error> {
    if manifests.join("kustomization.yaml").is_file() {
        cluster.run(&["apply", "-k", &manifests.display().to_string()])?;
    } else {
        install_by_hand(cluster, manifests, program)?;
    }
    cluster.run(&["rollout", "status", "deployment/podwright", "-n", NAMESPACE, "--timeout=120s"])?;
    eventually(PATIENCE, "podwright does not fit the canary", || {
        Ok(apply_text(cluster, CANARY, &["--dry-run=server", "-o", "yaml"])?.stdout.contains("name: POD_NAME"))
    })
}

/// What podwright's replicas have logged, the ones before a restart included.
pub(crate) fn logs(cluster: &Cluster) -> String {
    let selector = ["-n", NAMESPACE, "-l", "app.kubernetes.io/name=podwright"];
    let of = |words: &[&str]| cluster.run(&[words, &selector[..]].concat()).unwrap_or_else(|error| error.to_string());
    format!("{}\n{}", of(&["get", "pods", "-o", "wide"]), of(&["logs", "--tail=30", "--prefix"]))
}

fn install_by_hand(cluster: &Cluster, manifests: &Path, program: &Path) -> Result<(), Error> {
    let folder = cluster.folder().join("podwright-certs");
    let mut certs = Command::new(program);
    certs.args(["certs", "--dns", SERVICE, "--out"]).arg(&folder).stdout(Stdio::null());
    match certs.status() {
        Ok(status) if status.success() => {}
        other => return Err(Error::new(format!("`podwright certs` failed: {other:?}"))),
    }
    apply_text(cluster, DEPLOYMENT, &[])?;
    let file = |name: &str| folder.join(name).display().to_string();
    let (certificate, key) = (format!("--cert={}", file("tls.crt")), format!("--key={}", file("tls.key")));
    cluster.run(&["create", "secret", "tls", "podwright-tls", "-n", NAMESPACE, &certificate, &key])?;
    let bundle = base64(&folder.join("ca.crt"))?;
    for (kind, entries) in [("mutatingwebhookconfiguration", 2), ("validatingwebhookconfiguration", 1)] {
        cluster.run(&["apply", "-f", &manifests.join(format!("{kind}.yaml")).display().to_string()])?;
        let patches: Vec<_> = (0..entries).map(|entry| trust(entry, &bundle)).collect();
        cluster.run(&["patch", kind, "00-podwright", "--type=json", "-p", &format!("[{}]", patches.join(","))])?;
    }
    Ok(())
}

fn trust(entry: usize, bundle: &str) -> String {
    format!(r#"{{"op":"add","path":"/webhooks/{entry}/clientConfig/caBundle","value":"{bundle}"}}"#)
}

fn base64(file: &Path) -> Result<String, Error> {
    let input = fs::File::open(file).map_err(Error::at("read", file))?;
    let output =
        Command::new("base64").arg("--wrap=0").stdin(input).output().map_err(Error::at("run base64 on", file))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
