//! The Downward API as a running process sees it, and termination messages as `kubectl get` shows them.

use super::stage::{PATIENCE, Stage};
use xtask::{Error, ensure, wait::eventually};

const DEPLOYMENT: &str = include_str!("downward.yaml");

/// Compares the process's environment with the API server's fields.
pub(crate) fn environment(stage: &Stage) -> Result<String, Error> {
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
    ensure!(seen == 22, "{seen} variables found; expected 22, of 2 Pods");
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
    ensure!(before.contains("app=\"shop\"") && !before.contains("tier="), "the file has {before:?}");
    stage.kubectl(&["label", "pod", pod, "tier=gold"])?;
    eventually(PATIENCE, "the file does not follow the label", || Ok(labels()?.contains("tier=\"gold\"")))?;
    let annotations = stage.exec(pod, &["cat", "/etc/podinfo/annotations"])?;
    ensure!(annotations.contains("podwright.dev/downward-volume"), "the file has {annotations:?}");
    Ok("the file has the new label".to_owned())
}

const CRASHING: &str = include_str!("last_words.yaml");
/// The place depends on whether the container waits for its next start.
const MESSAGES: [&str; 2] = [
    ".status.containerStatuses[0].state.terminated.message",
    ".status.containerStatuses[0].lastState.terminated.message",
];

/// Expects a message from a file, one from the log, and none without podwright.
pub(crate) fn messages(stage: &Stage) -> Result<String, Error> {
    stage.apply(CRASHING)?;
    expect(stage, "app=file", "the database is away\n")?;
    expect(stage, "app=log", "cannot bind to port 80\n")?;
    eventually(PATIENCE, "the Pod without podwright does not crash", || {
        let restarts = stage.of_pods("app=plain", ".status.containerStatuses[0].restartCount")?;
        Ok(restarts.iter().any(|count| count != "0"))
    })?;
    let plain = message(stage, "app=plain")?;
    ensure!(plain.is_empty(), "expected no message without podwright; found {plain:?}");
    Ok("one from a file, one from the log, none without podwright".to_owned())
}

fn expect(stage: &Stage, selector: &str, words: &str) -> Result<(), Error> {
    let mut last = String::new();
    let waited = eventually(PATIENCE, "another message", || {
        last = message(stage, selector)?;
        Ok(last.trim() == words.trim())
    });
    waited.map_err(|error| Error::new(format!("{selector}: {error}: {last:?}; expected {words:?}")))
}

fn message(stage: &Stage, selector: &str) -> Result<String, Error> {
    let found = MESSAGES.into_iter().map(|path| Ok(stage.of_pods(selector, path)?.concat()));
    found.collect::<Result<String, _>>()
}
