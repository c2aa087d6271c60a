//! A constant stream of Pod creations while podwright, the API server or etcd come and go: how many are created, how many of
//! those are fitted, how many are refused. Pods are dry runs, so that admission alone is looked at.

use std::{fmt, io::Read, process::Stdio, thread::sleep, time::Duration};

use super::{
    install::{DEPLOYMENT, NAMESPACE},
    stage::{PATIENCE, Stage, ensure, eventually},
};
use xtask::{
    Error,
    lifeline::{self, Held},
};

const POD: &str = include_str!("stream.json");
/// How long the stream runs before and after what happens.
const AROUND: Duration = Duration::from_secs(3);

/// What became of the Pods of a stream.
pub(crate) struct Tally {
    pub(crate) created: u64,
    injected: u64,
    pub(crate) refused: u64,
    /// No API server answered, or none that had its store: no fault of admission's.
    unreachable: u64,
    /// Why they were refused: how many for which reason, a line each.
    pub(crate) words: String,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { created, injected, refused, unreachable, .. } = self;
        write!(f, "{created} created, {injected} of them fitted, {refused} refused, {unreachable} without an answer")
    }
}

/// Every replica is replaced, one after the other: nothing is refused or missed.
pub(crate) fn rolling_restart(stage: &mut Stage) -> Result<String, Error> {
    let tally = during(stage, |stage| {
        stage.cluster.run(&["rollout", "restart", DEPLOYMENT, "-n", NAMESPACE])?;
        wait_for_replicas(stage)
    })?;
    none_missed(&tally)
}

/// One replica is killed, without a word to anybody: nothing is refused, and what is missed is said.
pub(crate) fn killed_replica(stage: &mut Stage) -> Result<String, Error> {
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

/// No replica is there: Pods are admitted as they are, and fitted again once podwright is back.
pub(crate) fn both_gone(stage: &mut Stage) -> Result<String, Error> {
    scale_to_none(stage)?;
    let gone = during(stage, |_| Ok(()));
    stage.cluster.run(&["scale", DEPLOYMENT, "-n", NAMESPACE, "--replicas=2"])?;
    let back = wait_for_replicas(stage).and_then(|()| during(stage, |_| Ok(())))?;
    let gone = gone?;
    none_refused(&gone)?;
    ensure(gone.injected == 0, || format!("{gone}; there was nobody to fit them"))?;
    none_missed(&back)?;
    Ok(format!("while gone {gone}; after that {back}"))
}

/// The API server is killed and another starts.
pub(crate) fn api_server_restarted(stage: &mut Stage) -> Result<String, Error> {
    none_missed(&during(stage, |stage| stage.cluster.restart_apiserver())?)
}

/// The same with etcd.
pub(crate) fn etcd_restarted(stage: &mut Stage) -> Result<String, Error> {
    none_missed(&during(stage, |stage| stage.cluster.restart_etcd())?)
}

pub(crate) fn none_missed(tally: &Tally) -> Result<String, Error> {
    none_refused(tally)?;
    ensure(tally.injected == tally.created, || format!("{tally}; expected all to be fitted"))?;
    Ok(tally.to_string())
}

pub(crate) fn none_refused(tally: &Tally) -> Result<(), Error> {
    ensure(tally.created > 0 && tally.refused == 0, || format!("{tally}: {}", tally.words))
}

/// Takes every replica away, and waits until none is left.
pub(crate) fn scale_to_none(stage: &Stage) -> Result<(), Error> {
    stage.cluster.run(&["scale", DEPLOYMENT, "-n", NAMESPACE, "--replicas=0"])?;
    eventually(PATIENCE, "podwright's Pods do not end", || {
        Ok(stage.cluster.run(&["get", "pods", "-n", NAMESPACE, "-o", "name"])?.is_empty())
    })
}

/// All replicas there are to be, and no more, so that the next check finds them so.
pub(crate) fn wait_for_replicas(stage: &Stage) -> Result<(), Error> {
    stage.cluster.run(&["rollout", "status", DEPLOYMENT, "-n", NAMESPACE, "--timeout=120s"])?;
    eventually(PATIENCE, "there are not two replicas", || {
        Ok(stage.cluster.run(&["get", "pods", "-n", NAMESPACE, "-o", "name"])?.lines().count() == 2)
    })
}

/// The stream while something happens, and for a while before and after.
pub(crate) fn during(stage: &mut Stage, what: impl FnOnce(&mut Stage) -> Result<(), Error>) -> Result<Tally, Error> {
    let stream = start(stage)?;
    sleep(AROUND);
    what(stage)?;
    sleep(AROUND);
    end(stream)
}

fn start(stage: &Stage) -> Result<Held, Error> {
    let cluster = &stage.cluster;
    let file = cluster.folder().join("stream.json");
    std::fs::write(&file, POD).map_err(Error::at("write", &file))?;
    let mut command = cluster.held_in_network(&cluster.program("creations"));
    let url = format!("{}/api/v1/namespaces/{}/pods", cluster.url(), stage.namespace());
    command.args(["--url", &url, "--token", cluster.token(), "--ca-file"]).arg(cluster.ca_file()).arg(file);
    command.stdout(Stdio::piped());
    lifeline::spawn(command)
}

fn end(mut stream: Held) -> Result<Tally, Error> {
    stream.signal("TERM")?;
    let mut said = String::new();
    if let Some(mut stdout) = stream.stdout() {
        stdout
            .read_to_string(&mut said)
            .map_err(|reason| Error::new(format!("cannot read from creations: {reason}")))?;
    }
    let (first, words) = said.split_once('\n').unwrap_or((&said, ""));
    let numbers: Vec<u64> = first.split(' ').filter_map(|word| word.parse().ok()).collect();
    match numbers.as_slice() {
        &[created, injected, refused, unreachable] => {
            Ok(Tally { created, injected, refused, unreachable, words: words.trim().to_owned() })
        }
        _ => Err(Error::new(format!("creations said {said:?}; expected four numbers"))),
    }
}
