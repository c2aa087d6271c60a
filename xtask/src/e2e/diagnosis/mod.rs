//! `podwright why`, `inventory` and `check` on Pods that real controllers make: each state is named rightly, also for a user
//! with the ClusterRole `view` in one Namespace, and each printed remedy fixes it.

mod answer;
mod cast;

use answer::{Answer, commands, until_satisfied};
use cast::{CAST, Member};
use serde_json::json;
use xtask::{Error, ensure, files, wait::eventually};

use super::{
    install::{self, NAMESPACE, shell, site},
    stage::{PATIENCE, Stage},
    stream::{scale_to_none, wait_for_replicas},
};

/// The profile `web` with a limit.
const NEWER: &str = "\
apiVersion: podwright.dev/v1alpha1
kind: Configuration
profiles:
  web:
    extends: default
    readinessProbe: http:/ready period=5s
    livenessProbe: http:/healthz delay=10s
    limits: {memory: 256Mi}
";
const CHECK: &str = "podwright check";
const PAGES: [&str; 3] = ["docs/troubleshoot.md", "docs/diagnose.md", "docs/inventory.md"];

/// Makes a Pod in each state and of each kind of owner, names them with all commands, and runs the remedies.
pub(crate) fn remedies(stage: &Stage) -> Result<String, Error> {
    let seen = walk(stage);
    cast::remove(stage)?;
    install::apply_base(stage.cluster)?;
    wait_for_replicas(stage)?;
    install::wait_until_injected(stage.cluster)?;
    seen
}

fn walk(stage: &Stage) -> Result<String, Error> {
    until_satisfied(stage, CHECK)?;
    cast::early(stage)?;
    opted_in(stage)?;
    away(stage)?;
    older(stage)?;
    cast::denied_and_out(stage)?;
    named(stage)?;
    of_a_viewer(stage)?;
    let run = pages(stage)?;
    mended(stage)?;
    older_again(stage)?;
    removed(stage)?;
    Ok(format!(
        "{} workloads named by both commands and for two users, and mended; {run} commands of pages",
        CAST.len()
    ))
}

fn why(stage: &Stage, object: &str, options: &str) -> Result<Answer, Error> {
    Answer::json(stage, &format!("podwright why {object} -n {}{options}", stage.namespace()))
}

/// Opts the Namespace in with the remedy of `why`.
fn opted_in(stage: &Stage) -> Result<(), Error> {
    let namespace = format!("namespace/{}", stage.namespace());
    why(stage, &namespace, "")?.cause("opt-in", "has no label podwright.dev/inject")?.mend(stage)?;
    // The API server heeds a label within a second.
    eventually(PATIENCE, "the missed Pods are not found", || {
        why(stage, &namespace, "")?.cause("pods", "8 Pods: 0 injected, 8 missed").map(|_| true)
    })
}

/// Creates a Deployment while podwright is away. `check` names the fault, and its remedy brings podwright back.
fn away(stage: &Stage) -> Result<(), Error> {
    scale_to_none(stage)?;
    cast::deployment(stage, "away", "")?;
    stage.rolled_out("deployment/away")?;
    why(stage, "deployment/away", "")?.cause("endpoints", "has no ready endpoint")?;
    Answer::json(stage, CHECK)?.faults(&["endpoints", "deployment"])?.mend(stage)?;
    wait_for_replicas(stage)?;
    until_satisfied(stage, CHECK)
}

/// Changes the profile of a Deployment. The remedy of `check` makes the replicas use it at once.
fn older(stage: &Stage) -> Result<(), Error> {
    cast::deployment(stage, "old", "podwright.dev/profile: web")?;
    stage.rolled_out("deployment/old")?;
    why(stage, "deployment/old", "")?.is_satisfied()?;
    files::write(&site(stage.cluster).join("configuration.yaml"), NEWER)?;
    let patch = json!({"data": {"configuration.yaml": NEWER}}).to_string();
    stage.cluster.run(&["patch", "configmap/podwright", "-n", NAMESPACE, "--type=merge", "-p", &patch])?;
    heeded(stage)
}

/// Makes the replicas use a changed ConfigMap, with the remedy of `check`.
fn heeded(stage: &Stage) -> Result<(), Error> {
    Answer::json(stage, CHECK)?.cause("configuration", "not every replica uses ConfigMap")?.mend(stage)?;
    // The old replicas still answer for ten seconds.
    wait_for_replicas(stage)?;
    until_satisfied(stage, CHECK)
}

/// Names each workload's state and cause with both commands, for an administrator.
fn named(stage: &Stage) -> Result<(), Error> {
    inventory(stage, "")?;
    why(stage, "rollout/canary", "")?.cause("pods", "it is unknown who creates the Pods of a Rollout")?;
    CAST.iter().try_for_each(|member| why(stage, member.name, "")?.cause(member.step, member.words).map(drop))
}

/// Does the same for a user with `view` in the Namespace. `why` explains a Pod of each workload.
fn of_a_viewer(stage: &Stage) -> Result<(), Error> {
    const VIEWER: &str = " --as viewer --config configuration.yaml";
    let answer = inventory(stage, VIEWER)?;
    let rows = answer.rows()?;
    for Member { name, step, words, .. } in CAST {
        let example = rows.get(name).map(|row| row.example).unwrap_or_default();
        let pod = if example.is_empty() { name.to_owned() } else { format!("pod/{example}") };
        let answer = why(stage, &pod, VIEWER)?;
        answer.cause(step, words)?;
        ensure!(answer.shown.contains(name), "{}\nexpected the name {name}", answer.shown);
    }
    // Without the profiles, the controller's condition still names the denial.
    why(stage, "deployment/denied", " --as viewer")?.cause("denials", "podwright.dev/pre-stop-sleep").map(drop)
}

/// Returns the inventory if each workload has its state and reason.
fn inventory(stage: &Stage, options: &str) -> Result<Answer, Error> {
    let answer = Answer::json(stage, &format!("podwright inventory -n {}{options}", stage.namespace()))?;
    answer.is_satisfied()?;
    let rows = answer.rows()?;
    ensure!(rows.len() == CAST.len(), "{}\nexpected {} workloads", answer.shown, CAST.len());
    for Member { name, state, reason, .. } in CAST {
        let is = rows.get(name).is_some_and(|row| row.states == [state] && row.reason.contains(reason));
        ensure!(is, "{}\nexpected {name}: {state}, {reason}", answer.shown);
    }
    drop(rows);
    Ok(answer)
}

/// Runs each command of the pages that only reads. Returns their number.
fn pages(stage: &Stage) -> Result<usize, Error> {
    let namespace = stage.namespace();
    let names = [
        ("pod/shop-7c9f-x2k", "pod/bare"),
        ("pod/POD", "pod/bare"),
        ("deployment/shop", "deployment/web"),
        ("deployment/NAME", "deployment/web"),
        ("namespace/shop", &format!("namespace/{namespace}")),
        ("-n shop", &format!("-n {namespace}")),
        ("--namespace NAMESPACE", &format!("-n {namespace}")),
    ];
    let mut run = 0;
    for page in PAGES {
        let lines = commands(page)?.into_iter().filter(|line| !line.contains("xargs"));
        for line in lines {
            let line = names.iter().fold(line, |line, (placeholder, name)| line.replace(placeholder, name));
            let answer = Answer::of(stage, &line)?;
            let is = matches!(answer.code, Some(0 | 1)) && !answer.shown.contains("error:");
            ensure!(is, "{page}: {}\nexpected the exit code 0 or 1", answer.shown);
            run += 1;
        }
    }
    Ok(run)
}

/// Runs the remedy of `why` for each workload, or the command of docs/inventory.md for those that can be restarted by it.
fn mended(stage: &Stage) -> Result<(), Error> {
    let (together, each): (Vec<Member>, Vec<Member>) = CAST.into_iter().partition(|member| member.is_restarted);
    each.iter().try_for_each(|member| why(stage, member.name, "")?.mend(stage))?;
    let restarted = restart(stage, "-n shop")?;
    for Member { name, .. } in together {
        ensure!(restarted.contains(name), "the inventory restarted\n{restarted}\nexpected {name} too");
    }
    let all = |name: &str| until_satisfied(stage, &format!("podwright why {name} -n {}", stage.namespace()));
    CAST.iter().try_for_each(|member| all(member.name))?;
    all(&format!("namespace/{}", stage.namespace()))
}

/// Runs the command of docs/inventory.md that restarts workloads of a Namespace, or of all.
fn restart(stage: &Stage, scope: &str) -> Result<String, Error> {
    let all = commands("docs/inventory.md")?;
    let line = all.iter().find(|line| line.contains(&format!("{scope} -o name | xargs")));
    let line = line.ok_or_else(|| Error::new(format!("docs/inventory.md has no command with {scope} and xargs")))?;
    shell(stage.cluster, &line.replace("-n shop", &format!("-n {}", stage.namespace())))
}

/// Takes the changed profile back, and restarts the stale Pods of all Namespaces.
fn older_again(stage: &Stage) -> Result<(), Error> {
    shell(stage.cluster, "kubectl apply -f manifests/configmap.yaml")?;
    heeded(stage)?;
    why(stage, "deployment/old", "")?.cause("pods", "not have limits of main")?;
    let restarted = restart(stage, "-A")?;
    ensure!(restarted.contains("deployment.apps/old"), "the inventory restarted\n{restarted}\nexpected old");
    until_satisfied(stage, &format!("podwright inventory -n {} --fail-on missed,stale,denied", stage.namespace()))
}

/// Removes a webhook configuration and podwright's rights. The remedy of `check` brings both back.
fn removed(stage: &Stage) -> Result<(), Error> {
    for object in ["mutatingwebhookconfiguration/00-podwright", "clusterrolebinding/podwright"] {
        stage.cluster.run(&["delete", object])?;
    }
    why(stage, "deployment/web", "")?.cause("webhook-entry", "the API server never calls podwright")?;
    Answer::json(stage, CHECK)?.faults(&["mutating", "rights"])?.mend(stage)?;
    until_satisfied(stage, CHECK)
}
