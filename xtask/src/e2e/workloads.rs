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
        stage.all_injected(&format!("app={name}"), 1)?;
    }
    let sidecar = stage.of_pods("app=sidecar", ".spec.initContainers[0].readinessProbe.httpGet.path")?;
    ensure!(sidecar == ["/"], "the sidecar has no injected probe: {sidecar:?}");
    Ok("a Job of one container, and one with a native sidecar".to_owned())
}

pub(crate) fn controllers(stage: &Stage) -> Result<String, Error> {
    stage.apply(CONTROLLERS)?;
    stage.rolled_out("daemonset/agent")?;
    stage.all_injected("app=agent", 2)?;
    stage.rolled_out("statefulset/store")?;
    stage.all_injected("app=store", 2)?;
    eventually(NEXT_MINUTE, "no Pod of the CronJob succeeded", || {
        Ok(stage.of_pods("app=tick", ".status.phase")?.iter().any(|phase| phase == "Succeeded"))
    })?;
    stage.all_injected("app=tick", stage.of_pods("app=tick", ".metadata.name")?.len())?;
    Ok("DaemonSet, StatefulSet, CronJob".to_owned())
}

/// The author of a Deployment with invalid annotations sees a warning at once, and an event later.
pub(crate) fn warned_at_apply(stage: &Stage) -> Result<String, Error> {
    let said = stage.apply(BAD)?.stderr;
    ensure!(
        said.contains("Warning: ") && said.contains("podwright.dev/pre-stop-sleep"),
        "expected a warning about the annotation; kubectl printed {said:?}"
    );
    eventually(PATIENCE, "no event has the reason for the missing Pods", || {
        let events = stage.kubectl(&["get", "events", "--field-selector=reason=FailedCreate", "-o", "yaml"])?;
        Ok(events.contains("podwright.dev/pre-stop-sleep"))
    })?;
    Ok("a warning from kubectl, then an event".to_owned())
}
