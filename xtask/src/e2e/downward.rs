//! The Downward API as a running process sees it.

use super::stage::{PATIENCE, Stage};
use xtask::{Error, ensure, wait::eventually};

const DEPLOYMENT: &str = include_str!("downward.yaml");

/// Compares the process's environment with the API server's fields.
pub(crate) fn values(stage: &Stage) -> Result<String, Error> {
    stage.apply(DEPLOYMENT)?;
    stage.rolled_out("deployment/shop")?;
    let mut seen = 0;
    for pod in stage.of_pods("app=shop", ".metadata.name")? {
        let environment = stage.exec(&pod, &["cat", "/proc/1/environ"])?;
        let field = |path| stage.field(&format!("pod/{pod}"), path);
        let expected = [
            ("POD_NAME", field(".metadata.name")?),
            ("POD_NAMESPACE", field(".metadata.namespace")?),
            ("POD_UID", field(".metadata.uid")?),
            ("POD_IP", field(".status.podIP")?),
            ("HOST_IP", field(".status.hostIP")?),
            ("NODE_NAME", field(".spec.nodeName")?),
            ("SERVICE_ACCOUNT", field(".spec.serviceAccountName")?),
            ("MEMORY_LIMIT", (64 * 1024 * 1024).to_string()),
            ("MEMORY_MIB", "64".to_owned()),
            ("MILLICORES", "500".to_owned()),
            // The author's own variable, which refers to an injected one before it.
            ("URL", format!("http://{}:8080/", field(".status.podIP")?)),
        ];
        for (name, value) in expected {
            let line = format!("{name}={value}");
            ensure!(
                !value.is_empty() && environment.split('\0').any(|entry| entry == line),
                "{pod} has no {line} in its process; it has {:?}",
                environment.replace('\0', " ")
            );
            seen += 1;
        }
    }
    ensure!(seen == 22, "{seen} variables were seen; expected those of 2 Pods");
    Ok(format!("{seen} variables in the processes of 2 Pods"))
}

/// Reads the files in the volume, before and after a label changes.
pub(crate) fn files(stage: &Stage) -> Result<String, Error> {
    stage.apply(DEPLOYMENT)?;
    stage.rolled_out("deployment/shop")?;
    let pods = stage.of_pods("app=shop", ".metadata.name")?;
    let pod = pods.first().ok_or_else(|| Error::new("there is no Pod with app=shop"))?;
    let labels = || stage.exec(pod, &["cat", "/etc/podinfo/labels"]);
    let before = labels()?;
    ensure!(before.contains("app=\"shop\"") && !before.contains("tier="), "the file says {before:?}");
    stage.kubectl(&["label", "pod", pod, "tier=gold"])?;
    eventually(PATIENCE, "the file does not follow the label", || Ok(labels()?.contains("tier=\"gold\"")))?;
    let annotations = stage.exec(pod, &["cat", "/etc/podinfo/annotations"])?;
    ensure!(annotations.contains("podwright.dev/downward-volume"), "the file says {annotations:?}");
    Ok("a new label came to the file".to_owned())
}
