//! Another mutating webhook after podwright's, which adds a container.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
    time::Duration,
};

use super::stage::{Stage, apply_text};
use xtask::{Error, ensure, files, lifeline, wait::eventually};

const CONFIGURATION: &str = include_str!("adder.yaml");
const POD: &str = include_str!("two.yaml");
const PATIENCE: Duration = Duration::from_secs(30);

/// podwright also injects into the added container, in the API server's second round.
pub(crate) fn later_container(stage: &Stage) -> Result<String, Error> {
    let mut command = stage.cluster.program("adder");
    command.stdout(Stdio::piped());
    let mut adder = lifeline::spawn(command)?;
    let mut bundle = String::new();
    if let Some(stdout) = adder.stdout() {
        let said = BufReader::new(stdout).read_line(&mut bundle);
        said.map_err(|reason| Error::new(format!("cannot read from adder: {reason}")))?;
    }
    let configuration = CONFIGURATION.replace("BUNDLE", bundle.trim()).replace("NAMESPACE", stage.namespace());
    apply_text(stage.cluster, &configuration, &[])?;
    let seen = both_injected(stage);
    stage.cluster.run(&["delete", "mutatingwebhookconfiguration", "10-adder"])?;
    seen
}

fn both_injected(stage: &Stage) -> Result<String, Error> {
    eventually(PATIENCE, "the other webhook is not called", || {
        let made = apply_text(stage.cluster, POD, &["-n", stage.namespace(), "--dry-run=server", "-o", "yaml"])?;
        Ok(made.stdout.contains("name: added"))
    })?;
    stage.apply(POD)?;
    let each = |path: &str| stage.field("pod/two", &format!(".spec.containers[*].{path}"));
    let (names, variables, probes) =
        (each("name")?, each("env[?(@.name==\"POD_NAME\")].name")?, each("readinessProbe.tcpSocket.port")?);
    let seen = format!("containers {names}; with POD_NAME {variables}; probed at {probes}");
    ensure!(names == "first added" && variables == "POD_NAME POD_NAME", "{seen}");
    let audit = stage.cluster.folder().join("audit.log");
    let log = files::read(&audit)?;
    // Index 0 is podwright's configuration, because its name sorts first. The API server calls it again.
    let asked_again = log.contains("mutation.webhook.admission.k8s.io/round_1_index_0");
    ensure!(asked_again, "the audit log has no second round");
    Ok(seen)
}
