//! Pods that controllers make for workloads.

use std::time::Duration;

use super::stage::{PATIENCE, Stage};
use xtask::{Error, ensure, wait::eventually};

const JOBS: &str = include_str!("jobs.yaml");
const CONTROLLERS: &str = include_str!("controllers.yaml");
const BAD: &str = include_str!("bad.yaml");
/// A CronJob's Pod starts with the next minute.
const NEXT_MINUTE: Duration = Duration::from_secs(180);

/// Jobs with injected Pods end, also beside a running native sidecar.
pub(crate) fn jobs_complete(stage: &Stage) -> Result<String, Error> {
    stage.apply(JOBS)?;
    for name in ["plain", "sidecar"] {
        let job = format!("job/{name}");
        let timeout = format!("--timeout={}s", PATIENCE.as_secs());
        stage.kubectl(&["wait", "--for=condition=complete", &job, &timeout])?;
        stage.all_fitted(&format!("app={name}"), 1)?;
    }
    let sidecar = stage.of_pods("app=sidecar", ".spec.initContainers[0].readinessProbe.httpGet.path")?;
    ensure!(sidecar == ["/"], "the sidecar has no probe of podwright's: {sidecar:?}");
    Ok("one of one container, one with a native sidecar".to_owned())
}

pub(crate) fn controllers(stage: &Stage) -> Result<String, Error> {
    stage.apply(CONTROLLERS)?;
    stage.rolled_out("daemonset/agent")?;
    stage.all_fitted("app=agent", 2)?;
    stage.rolled_out("statefulset/store")?;
    stage.all_fitted("app=store", 2)?;
    eventually(NEXT_MINUTE, "the CronJob has no Pod that succeeded", || {
        Ok(stage.of_pods("app=tick", ".status.phase")?.iter().any(|phase| phase == "Succeeded"))
    })?;
    stage.all_fitted("app=tick", stage.of_pods("app=tick", ".metadata.name")?.len())?;
    Ok("DaemonSet, StatefulSet, CronJob".to_owned())
}

/// The author of a Deployment with invalid annotations sees a warning at once, and an event later.
pub(crate) fn warned_at_apply(stage: &Stage) -> Result<String, Error> {
    let said = stage.apply(BAD)?.stderr;
    ensure!(
        said.contains("Warning: ") && said.contains("podwright.dev/pre-stop-sleep"),
        "kubectl apply said no warning of the annotation, but {said:?}"
    );
    eventually(PATIENCE, "no event says why there are no Pods", || {
        let events = stage.kubectl(&["get", "events", "--field-selector=reason=FailedCreate", "-o", "yaml"])?;
        Ok(events.contains("podwright.dev/pre-stop-sleep"))
    })?;
    Ok("a warning for kubectl, an event for the rest".to_owned())
}
