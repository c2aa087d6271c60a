//! Requests to a Service while its Pods are replaced.

use std::time::Duration;

use super::stage::{PATIENCE, Stage};
use xtask::{Error, ensure, wait::eventually};

const ROLLOUT: &str = include_str!("rollout.yaml");
const GATE: &str = include_str!("gate.yaml");
/// The only difference between the two Deployments.
const ANNOTATIONS: &str =
    "annotations: {podwright.dev/readiness-probe: \"http:8080/ period=1s\", podwright.dev/pre-stop-sleep: 5s}";
const ROLLOUTS: usize = 2;

/// A rolling update under constant load: requests fail without podwright, and none fails with it.
pub(crate) fn rolling_update(stage: &Stage) -> Result<String, Error> {
    stage.apply(&ROLLOUT.replace("NAME", "plain").replace("ANNOTATIONS", ""))?;
    stage.apply(&ROLLOUT.replace("NAME", "injected").replace("ANNOTATIONS", ANNOTATIONS))?;
    let ([plain_ok, plain_failed], _) = roll(stage, "plain")?;
    let ([ok, failed], reasons) = roll(stage, "injected")?;
    let numbers = format!(
        "{ROLLOUTS} rollouts each: without podwright {plain_failed} of {} requests failed, with it {failed} of {}",
        plain_ok + plain_failed,
        ok + failed
    );
    ensure!(plain_failed > 0, "{numbers}; expected failures without podwright");
    ensure!(failed == 0 && ok > 0, "{numbers}; {reasons}");
    Ok(numbers)
}

/// Returns the numbers of answered and failed requests, and the reasons.
fn roll(stage: &Stage, name: &str) -> Result<([u64; 2], String), Error> {
    let deployment = format!("deployment/{name}");
    stage.rolled_out(&deployment)?;
    let url = stage.service_url(name)?;
    wait_until_answered(stage, &url)?;
    let load = stage.load(&url)?;
    for _ in 0..ROLLOUTS {
        stage.kubectl(&["rollout", "restart", &deployment])?;
        stage.rolled_out(&deployment)?;
    }
    // The last Pods of the update are still ending.
    eventually(PATIENCE, "the old Pods do not end", || {
        Ok(stage.of_pods(&format!("app={name}"), ".metadata.name")?.len() == 2)
    })?;
    load.end()
}

/// kube-proxy takes a moment to learn of a Service.
fn wait_until_answered(stage: &Stage, url: &str) -> Result<(), Error> {
    eventually(PATIENCE, "the Service is not reached", || {
        let load = stage.load(url)?;
        std::thread::sleep(Duration::from_millis(500));
        let ([ok, failed], _) = load.end()?;
        Ok(ok > 0 && failed == 0)
    })
}

/// An injected readiness probe holds traffic back until the port is open. Without it, the Pod is ready too early.
pub(crate) fn readiness_gate(stage: &Stage) -> Result<String, Error> {
    stage.apply(&GATE.replace("NAME", "plain").replace("ANNOTATIONS", ""))?;
    stage.apply(&GATE.replace("NAME", "injected").replace("ANNOTATIONS", ANNOTATIONS))?;
    eventually(PATIENCE, "the Pod without podwright is not ready", || Ok(endpoints(stage, "plain")? == ["true"]))?;
    eventually(PATIENCE, "the injected Pod does not run", || {
        let running = stage.of_pods("app=injected", ".status.containerStatuses[0].state.running.startedAt")?;
        Ok(running.iter().any(|since| !since.is_empty()) && !endpoints(stage, "injected")?.is_empty())
    })?;
    let early = stage.load(&stage.service_url("plain")?)?;
    std::thread::sleep(Duration::from_secs(2));
    let ([_, failed], _) = early.end()?;
    ensure!(failed > 0, "expected failed requests without podwright");
    let ready = endpoints(stage, "injected")?;
    ensure!(ready == ["false"], "ready is {ready:?} while nothing listens; expected false");

    stage.exec("deployment/injected", &["touch", "/tmp/open"])?;
    eventually(PATIENCE, "the injected Pod is not ready", || Ok(endpoints(stage, "injected")? == ["true"]))?;
    wait_until_answered(stage, &stage.service_url("injected")?)?;
    Ok(format!("no traffic before the port was open; without podwright {failed} requests failed"))
}

/// The readiness of a Service's endpoints, one item each.
fn endpoints(stage: &Stage, service: &str) -> Result<Vec<String>, Error> {
    const READY: &str = r#"jsonpath={range .items[*].endpoints[*]}{.conditions.ready}{"\n"}{end}"#;
    let selector = format!("kubernetes.io/service-name={service}");
    let said = stage.kubectl(&["get", "endpointslices", "-l", &selector, "-o", READY])?;
    Ok(said.lines().map(str::to_owned).collect())
}
