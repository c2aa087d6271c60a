//! A constant stream of Pod creations while podwright, the API server or etcd come and go: how many are created, how many of
//! those are fitted, how many are refused. Pods are dry runs, so that admission alone is looked at.

use std::{fmt, thread::sleep, time::Duration};

use super::{
    counter::Counter,
    install::{DEPLOYMENT, NAMESPACE, STRICT, under},
    stage::{PATIENCE, Stage, eventually},
};
use xtask::{Error, ensure};

const POD: &str = include_str!("stream.json");
/// How long the stream runs before what happens, so that every connection is there.
const BEFORE: Duration = Duration::from_secs(1);
/// And after it: an API server that heeds it late has done so by then.
const AFTER: Duration = Duration::from_secs(2);

/// What became of the Pods of a stream.
pub(crate) struct Tally {
    pub(crate) created: u64,
    pub(crate) injected: u64,
    pub(crate) refused: u64,
    /// The API server itself was away, or its store: no fault of admission's.
    unanswered: u64,
    /// Why Pods were refused or went without an answer: how many for which reason, a line each.
    pub(crate) words: String,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { created, injected, refused, unanswered, words } = self;
        write!(f, "{created} created, {injected} of them fitted, {refused} refused")?;
        if *unanswered == 0 {
            return Ok(());
        }
        let reasons = words.lines().filter_map(|line| line.strip_prefix("unanswered "));
        let reasons: Vec<_> = reasons.map(|reason| reason.replacen(": ", " times ", 1)).collect();
        write!(f, ", {unanswered} not answered by the API server itself ({})", reasons.join(", "))
    }
}

/// Every replica is replaced, one after the other: nothing is refused or missed, under `Fail` neither.
pub(crate) fn rolling_restart(stage: &Stage) -> Result<String, Error> {
    let restart = |stage: &Stage| {
        stage.cluster.run(&["rollout", "restart", DEPLOYMENT, "-n", NAMESPACE])?;
        wait_for_replicas(stage)
    };
    none_missed(&under(stage.cluster, STRICT, || during(stage, restart))?)
}

/// One replica is killed, without a word to anybody: nothing is refused, and what is missed is said.
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
    Ok(format!("while it was replaced {tally}; after that {back}"))
}

/// The API server is killed and another starts.
pub(crate) fn api_server_restarted(stage: &Stage) -> Result<String, Error> {
    let tally = during(stage, |stage| stage.cluster.restart_apiserver())?;
    let away = |line: &str| line.ends_with(": connection refused") || line.ends_with(": connection lost");
    ensure!(tally.words.lines().all(away), "{tally}; expected none but while it was not there");
    all_fitted(&tally)
}

/// The same with etcd.
pub(crate) fn etcd_restarted(stage: &Stage) -> Result<String, Error> {
    all_fitted(&during(stage, |stage| stage.cluster.restart_etcd())?)
}

/// All were created, and all of them were fitted.
pub(crate) fn none_missed(tally: &Tally) -> Result<String, Error> {
    none_refused(tally)?;
    all_fitted(tally)
}

/// All were created.
pub(crate) fn none_refused(tally: &Tally) -> Result<(), Error> {
    let all = tally.created > 0 && tally.refused == 0 && tally.unanswered == 0;
    ensure!(all, "{tally}: {}; expected all to be created", tally.words);
    Ok(())
}

/// None was refused, and all that were created were fitted: what is left is what nobody answered.
fn all_fitted(tally: &Tally) -> Result<String, Error> {
    let all = tally.created > 0 && tally.refused == 0 && tally.injected == tally.created;
    ensure!(all, "{tally}: {}; expected all to be fitted", tally.words);
    Ok(tally.to_string())
}

/// Takes every replica away, and waits until none is left.
pub(crate) fn scale_to_none(stage: &Stage) -> Result<(), Error> {
    stage.cluster.run(&["scale", DEPLOYMENT, "-n", NAMESPACE, "--replicas=0"])?;
    wait_for(stage, 0)
}

/// All replicas there are to be, and no more, so that the next check finds them so.
pub(crate) fn wait_for_replicas(stage: &Stage) -> Result<(), Error> {
    wait_for(stage, 2)
}

/// So many replicas that are ready, and none that is still ending.
pub(crate) fn wait_for(stage: &Stage, replicas: usize) -> Result<(), Error> {
    stage.cluster.run(&["rollout", "status", DEPLOYMENT, "-n", NAMESPACE, "--timeout=120s"])?;
    eventually(PATIENCE, &format!("there are not {replicas} of podwright's Pods"), || {
        Ok(stage.cluster.run(&["get", "pods", "-n", NAMESPACE, "-o", "name"])?.lines().count() == replicas)
    })
}

/// The stream while something happens, and for a while before and after.
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
    std::fs::write(&file, POD).map_err(Error::at("write", &file))?;
    let mut command = stage.caller("creations", &format!("/api/v1/namespaces/{}/pods", stage.namespace()));
    command.arg(file);
    Counter::start(command)
}
