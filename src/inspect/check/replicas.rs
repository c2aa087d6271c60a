//! The replicas: their number, readiness, version, metrics and configuration.

use crate::cluster::{ClusterReader, configuration_hash};
use crate::inspect::command::quoted;
use crate::inspect::finding::{Finding, Mend};
use crate::inspect::installed::{Installed, Replica, replicas};
use crate::inspect::known::{Known, Unseen};
use crate::inspect::state::ClusterState;

const PAGE: &str = "docs/operate.md#health";
const OWN_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Checks the Deployment and each replica.
pub(super) async fn findings(reader: &ClusterReader, state: &ClusterState, installed: &Installed) -> Vec<Finding> {
    let deployment = deployment(installed);
    let replicas = match replicas(reader, installed).await {
        Known::Seen(replicas) => replicas,
        Known::Unseen(unseen) => return vec![deployment, Finding::unknown("replicas", unseen)],
    };
    if replicas.is_empty() {
        return vec![deployment, Finding::skipped("replicas", format!("no Pods in Namespace {}", installed.namespace))];
    }
    let configurations = configurations(state, installed, &replicas);
    vec![deployment, ready(&replicas), readiness(installed, &replicas), versions(&replicas), configurations]
}

fn deployment(installed: &Installed) -> Finding {
    const STEP: &str = "deployment";
    let (namespace, name) = (&installed.namespace, installed.name());
    match &installed.deployment {
        Known::Seen(deployment) => {
            let wanted = deployment.spec.replicas.unwrap_or(1);
            let ready = deployment.status.as_ref().and_then(|status| status.ready_replicas).unwrap_or_default();
            let text = format!("{ready} of {wanted} replicas of Deployment {namespace}/{name} are ready");
            match (ready, wanted) {
                (_, 0) => Finding::failed(STEP, text, installed.scale_up().page(PAGE)),
                (0, _) => {
                    let command = format!("kubectl describe pods -n {namespace} -l {}", installed.selector());
                    Finding::failed(STEP, text, Mend::by(command).page(PAGE))
                }
                (ready, wanted) if ready < wanted => Finding::warning(STEP, text),
                (_, 1) => Finding::warning(
                    STEP,
                    format!("{text}; with one, a drain of its node leaves Pods without podwright"),
                ),
                _ => Finding::passed(STEP, text),
            }
        }
        // A webhook at a URL runs outside of the cluster.
        Known::Unseen(unseen @ Unseen::Absent(_)) if installed.service.is_none() => {
            Finding::skipped(STEP, unseen.to_string())
        }
        Known::Unseen(unseen @ Unseen::Absent(_)) => Finding::failed(STEP, unseen.to_string(), installed.reinstall()),
        Known::Unseen(unseen) => Finding::unknown(STEP, unseen),
    }
}

fn ready(replicas: &[Replica]) -> Finding {
    const STEP: &str = "replicas";
    let waiting = replicas.iter().filter(|replica| !replica.is_ready);
    let waiting: Vec<&str> = waiting.map(|replica| replica.state.as_str()).collect();
    match waiting.is_empty() {
        true => Finding::passed(STEP, format!("all {} Pods are ready", replicas.len())),
        false => waiting.iter().fold(Finding::warning(STEP, "not every Pod is ready"), |it, state| it.detail(*state)),
    }
}

/// Reports the checks of each replica's `/readyz`.
fn readiness(installed: &Installed, replicas: &[Replica]) -> Finding {
    const STEP: &str = "readyz";
    let mut seen = 0;
    let mut unseen: Option<&Unseen> = None;
    for replica in replicas {
        match &replica.readiness {
            Known::Seen(_) => seen += 1,
            Known::Unseen(Unseen::Failed { reason, .. }) if reason.contains("[-]") || reason.contains("failed") => {
                let mend =
                    Mend::by(log_command(installed, &replica.name)).text("See the reason in the log:").page(PAGE);
                return Finding::failed(STEP, format!("{} is not ready", replica.name), mend).detail(reason.clone());
            }
            Known::Unseen(other) => unseen = unseen.or(Some(other)),
        }
    }
    match unseen {
        None => Finding::passed(STEP, format!("each of {seen} replicas reports that it is ready")),
        Some(unseen) => Finding::unknown(STEP, unseen),
    }
}

fn versions(replicas: &[Replica]) -> Finding {
    const STEP: &str = "version";
    let told = replicas.iter().filter_map(|it| it.metrics.seen()?.label("podwright_build_info", "version"));
    let mut versions: Vec<&str> = told.collect();
    versions.sort_unstable();
    versions.dedup();
    match versions.as_slice() {
        [] => match replicas.iter().find_map(|it| it.metrics.unseen()) {
            Some(unseen) => Finding::unknown(STEP, unseen),
            None => Finding::unknown(STEP, "no replica reports its version"),
        },
        [one] if *one == OWN_VERSION => {
            Finding::passed(STEP, format!("every replica has version {one}, like this program"))
        }
        [one] => Finding::warning(STEP, format!("every replica has version {one}, and this program has {OWN_VERSION}"))
            .mend(Mend::told("Use a program of the same version, because results of another version may differ.")),
        several => Finding::warning(STEP, format!("replicas have different versions: {}", several.join(", ")))
            .mend(Mend::told("Wait for the end of the rollout.")),
    }
}

/// Compares the configuration of each replica with the ConfigMap.
fn configurations(state: &ClusterState, installed: &Installed, replicas: &[Replica]) -> Finding {
    const STEP: &str = "configuration";
    const METRIC: &str = "podwright_configuration_hash";
    let hash = |replica: &Replica| replica.metrics.seen()?.number(METRIC);
    if let Some(unseen) = replicas.iter().find_map(|it| it.metrics.unseen()) {
        return Finding::unknown(STEP, unseen);
    }
    let (source, expected) = match (state.profiles.source.seen(), state.profiles.source.unseen()) {
        (Some(source), _) => {
            (source, state.profiles.text.as_ref().map_or(0.0, |text| configuration_hash(text.as_bytes())))
        }
        (None, unseen) => return Finding::unknown(STEP, unseen.map(ToString::to_string).unwrap_or_default()),
    };
    let different: Vec<&str> =
        replicas.iter().filter(|it| hash(it) != Some(expected)).map(|it| it.name.as_str()).collect();
    match different.is_empty() {
        true => Finding::passed(STEP, format!("every replica uses {source}")),
        false => {
            let text = format!("not every replica uses {source}: {}", different.join(", "));
            let words = "A changed ConfigMap arrives within two minutes. To use it at once:";
            let (name, namespace) = (quoted(installed.name()), quoted(&installed.namespace));
            let command = format!("kubectl rollout restart deployment/{name} -n {namespace}");
            let mend = Mend::by(command).text(words).page("docs/operate.md#is-my-configuration-in-use");
            Finding::failed(STEP, text, mend)
        }
    }
}

/// Returns the command that prints a replica's log.
fn log_command(installed: &Installed, pod: &str) -> String {
    format!("kubectl logs {} -n {}", quoted(pod), quoted(&installed.namespace))
}
