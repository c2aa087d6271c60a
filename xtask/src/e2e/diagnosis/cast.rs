//! The workloads: one in each state, and one of each kind of owner.

use std::{thread::sleep, time::Duration};

use xtask::{Error, files, wait::eventually};

use crate::e2e::{
    install::site,
    stage::{PATIENCE, Stage},
};

const EARLY: &str = include_str!("early.yaml");
const POD: &str = include_str!("pod.yaml");
const KIND: &str = include_str!("kind.yaml");
const ROLLOUT: &str = include_str!("rollout.yaml");
const REPLICA_SET: &str = include_str!("replica_set.yaml");
const DEPLOYMENT: &str = include_str!("deployment.yaml");
const DEFINITION: &str = "customresourcedefinition/rollouts.example.com";

/// A workload, and the words of the commands about it.
#[derive(Clone, Copy)]
pub(super) struct Member {
    /// The name that `inventory` prints and `why` takes.
    pub(super) name: &'static str,
    /// The only state of its Pods, and their number.
    pub(super) state: &'static str,
    /// A part of the inventory's reason.
    pub(super) reason: &'static str,
    /// The step of `why` with the cause.
    pub(super) step: &'static str,
    /// A part of the cause.
    pub(super) words: &'static str,
    /// True if `podwright inventory -o name` restarts it in this check; otherwise the remedy of `why` fixes it.
    pub(super) is_restarted: bool,
}

const BEFORE: &str = "created before the Namespace's labels were last written";
const ANSWER: &str = "podwright was not called, or did not answer";
const KEY: &str = "podwright.dev/pre-stop-sleep";

pub(super) const CAST: [Member; 13] = [
    before("deployment.apps/web", "missed 1").restarted(),
    before("daemonset.apps/agent", "missed 2").restarted(),
    before("statefulset.apps/db", "missed 1"),
    before("job.batch/import", "missed 1"),
    before("cronjob.batch/nightly", "missed 1"),
    before("pod/bare", "missed 1"),
    before("rollout.example.com/canary", "missed 1"),
    Member::new("deployment.apps/away", "missed 1", ANSWER, ("pods", ANSWER)),
    Member::new("deployment.apps/old", "stale 1", "add limits of main", ("pods", "add limits of main")).restarted(),
    Member::new("deployment.apps/denied", "denied 1", KEY, ("profile", KEY)),
    Member::new("statefulset.apps/denied", "denied 1", KEY, ("profile", KEY)),
    Member::new("daemonset.apps/denied", "denied 2", KEY, ("profile", KEY)),
    Member::new("deployment.apps/out", "leftAlone 1", "opted out", ("opt-in", "opted out")),
];

const fn before(name: &'static str, state: &'static str) -> Member {
    Member::new(name, state, BEFORE, ("pods", BEFORE))
}

impl Member {
    const fn new(
        name: &'static str,
        state: &'static str,
        reason: &'static str,
        (step, words): (&'static str, &'static str),
    ) -> Self {
        Self { name, state, reason, step, words, is_restarted: false }
    }

    const fn restarted(self) -> Self {
        Self { is_restarted: true, ..self }
    }
}

/// Creates a workload of each kind, with running Pods, and the user `viewer`.
pub(super) fn early(stage: &Stage) -> Result<(), Error> {
    stage.apply(KIND)?;
    stage.cluster.run(&["wait", "--for=condition=Established", DEFINITION, "--timeout=60s"])?;
    [EARLY, POD, ROLLOUT].into_iter().try_for_each(|manifests| stage.apply(manifests).map(drop))?;
    let uid = stage.field("rollout/canary", ".metadata.uid")?;
    stage.apply(&REPLICA_SET.replace("UID", &uid))?;
    stage.kubectl(&["create", "job", "--from=cronjob/nightly", "nightly-1"])?;
    stage.kubectl(&["create", "rolebinding", "viewer", "--clusterrole=view", "--user=viewer"])?;
    // The remedy for a Pod without an owner needs its manifest.
    files::write(&site(stage.cluster).join("pod.yaml"), POD)?;
    eventually(PATIENCE, "the early Pods do not run", || {
        Ok(stage.kubectl(&["get", "pods", "--field-selector=status.phase=Running", "-o", "name"])?.lines().count() == 8)
    })?;
    // Times in the API have whole seconds.
    sleep(Duration::from_secs(1));
    Ok(())
}

/// Creates a Deployment with an annotation, or without.
pub(super) fn deployment(stage: &Stage, name: &str, annotation: &str) -> Result<(), Error> {
    stage.apply(&DEPLOYMENT.replace("NAME", name).replace("ANNOTATION", annotation)).map(drop)
}

/// Creates workloads that podwright denies, and one that opted out. Waits until the controllers report the denials.
pub(super) fn denied_and_out(stage: &Stage) -> Result<(), Error> {
    deployment(stage, "out", "podwright.dev/inject: \"false\"")?;
    let denied = DEPLOYMENT.replace("NAME", "denied").replace("ANNOTATION", &format!("{KEY}: soon"));
    for kind in ["Deployment", "StatefulSet", "DaemonSet"] {
        stage.apply(&denied.replace("Deployment", kind))?;
    }
    stage.rolled_out("deployment/out")?;
    eventually(PATIENCE, "a controller does not report a denial", || {
        let events = stage.kubectl(&["get", "events", "--field-selector=reason=FailedCreate", "-o", "yaml"])?;
        Ok(["ReplicaSet", "StatefulSet", "DaemonSet"].iter().all(|kind| events.contains(&format!("kind: {kind}\n"))))
    })
}

/// Removes the kind, with its object.
pub(super) fn remove(stage: &Stage) -> Result<(), Error> {
    stage.cluster.run(&["delete", DEFINITION, "--ignore-not-found"]).map(drop)
}
