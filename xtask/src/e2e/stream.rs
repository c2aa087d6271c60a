//! A constant stream of Pod creations while podwright, the API server or etcd restart. Counts created, injected and
//! refused Pods. They are dry runs, because only admission matters here.

use std::{fmt, thread::sleep, time::Duration};

use super::{
    install::{DEPLOYMENT, NAMESPACE, STRICT, under},
    stage::{Counter, PATIENCE, Stage},
};
use xtask::{Error, ensure, files, wait::eventually};

const POD: &str = include_str!("stream.json");
/// The stream's time before the event, so that every connection is open.
const BEFORE: Duration = Duration::from_secs(1);
/// The stream's time after the event, for an API server that notices it late.
const AFTER: Duration = Duration::from_secs(2);

/// The results of a stream's Pods.
pub(crate) struct Tally {
    pub(crate) created: u64,
    pub(crate) injected: u64,
    pub(crate) refused: u64,
    /// Without an answer of the API server or its store, which is not admission's fault.
    unanswered: u64,
    /// The number of refused or unanswered Pods for each reason, one per line.
    pub(crate) words: String,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { created, injected, refused, unanswered, words } = self;
        write!(f, "{created} created, {injected} of them injected, {refused} refused")?;
        if *unanswered == 0 {
            return Ok(());
        }
        let reasons = words.lines().filter_map(|line| line.strip_prefix("unanswered "));
        let reasons: Vec<_> = reasons.map(|reason| reason.replacen(": ", " times ", 1)).collect();
        write!(f, ", {unanswered} unanswered by the API server ({})", reasons.join(", "))
    }
}

/// Replaces every replica. With `Fail`, no Pod is refused or missed.
pub(crate) fn rolling_restart(stage: &Stage) -> Result<String, Error> {
    let restart = |stage: &Stage| {
        stage.cluster.run(&["rollout", "restart", DEPLOYMENT, "-n", NAMESPACE])?;
        wait_for_replicas(stage)
    };
    none_missed(&under(stage.cluster, STRICT, || during(stage, restart))?)
}

/// Kills one replica without warning. No Pod is refused; missed Pods are counted.
pub(crate) fn killed_replica(stage: &Stage) -> Result<String, Error> {
    let tally = during(stage, |stage| {
        let pods = stage.cluster.run(&["get", "pods", "-n", NAMESPACE, "-o", "name"])?;
        let pod = pods.lines().next().unwrap_or_default().to_owned();
        stage.cluster.run(&["delete", &pod, "-n", NAMESPACE, "--force", "--grace-period=0"])?;
        wait_for_replicas(stage)
    })?;
    none_refused(&tally)?;
    let back = during(stage, |_| Ok(()))?;
    none_missed(&back)?;
    Ok(format!("during the replacement {tally}; then {back}"))
}

/// Kills the API server and starts another.
pub(crate) fn api_server_restarted(stage: &Stage) -> Result<String, Error> {
    let tally = during(stage, |stage| stage.cluster.restart_apiserver())?;
    let away = |line: &str| line.ends_with(": connection refused") || line.ends_with(": connection lost");
    ensure!(tally.words.lines().all(away), "{tally}; expected failures only while it was down");
    all_injected(&tally)
}

/// Kills etcd and starts another.
pub(crate) fn etcd_restarted(stage: &Stage) -> Result<String, Error> {
    all_injected(&during(stage, |stage| stage.cluster.restart_etcd())?)
}

/// Fails unless all were created and injected.
pub(crate) fn none_missed(tally: &Tally) -> Result<String, Error> {
    none_refused(tally)?;
    all_injected(tally)
}

/// Fails unless all were created.
pub(crate) fn none_refused(tally: &Tally) -> Result<(), Error> {
    let all = tally.created > 0 && tally.refused == 0 && tally.unanswered == 0;
    ensure!(all, "{tally}: {}; expected all to be created", tally.words);
    Ok(())
}

/// Fails unless none was refused and all created ones were injected; some may be unanswered.
fn all_injected(tally: &Tally) -> Result<String, Error> {
    let all = tally.created > 0 && tally.refused == 0 && tally.injected == tally.created;
    ensure!(all, "{tally}: {}; expected all to be injected", tally.words);
    Ok(tally.to_string())
}

pub(crate) fn scale_to_none(stage: &Stage) -> Result<(), Error> {
    stage.cluster.run(&["scale", DEPLOYMENT, "-n", NAMESPACE, "--replicas=0"])?;
    wait_for(stage, 0)
}

/// Waits for exactly two replicas, as the next check expects.
pub(crate) fn wait_for_replicas(stage: &Stage) -> Result<(), Error> {
    wait_for(stage, 2)
}

/// Waits for this many ready replicas, and for the end of all others.
pub(crate) fn wait_for(stage: &Stage, replicas: usize) -> Result<(), Error> {
    stage.cluster.run(&["rollout", "status", DEPLOYMENT, "-n", NAMESPACE, "--timeout=120s"])?;
    eventually(PATIENCE, &format!("there are not {replicas} of podwright's Pods"), || {
        Ok(stage.cluster.run(&["get", "pods", "-n", NAMESPACE, "-o", "name"])?.lines().count() == replicas)
    })
}

/// Runs the stream during an event, and for a while before and after it.
pub(crate) fn during(stage: &Stage, what: impl FnOnce(&Stage) -> Result<(), Error>) -> Result<Tally, Error> {
    let stream = start(stage)?;
    sleep(BEFORE);
    what(stage)?;
    sleep(AFTER);
    let ([created, injected, refused, unanswered], words) = stream.end()?;
    Ok(Tally { created, injected, refused, unanswered, words })
}

fn start(stage: &Stage) -> Result<Counter, Error> {
    let file = stage.cluster.folder().join("stream.json");
    files::write(&file, POD)?;
    let mut command = stage.cluster.caller("creations", &format!("/api/v1/namespaces/{}/pods", stage.namespace()));
    command.arg(file);
    Counter::start(command)
}
