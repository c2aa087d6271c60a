//! The chart's life with Helm 3 on a whole cluster, under a stream of Pods.

use std::time::{Duration, Instant};

use super::{
    install::{self, NAMESPACE, shell, site},
    life::{UNINSTALL, podwrights},
    minute,
    stage::{PATIENCE, Stage},
    stream::{Tally, during, none_missed, none_refused, wait_for_replicas},
};
use crate::image;
use xtask::{Error, ensure, files, wait::eventually};

const CHART: &str = "charts/podwright --namespace podwright-system";
const VALUES: &str = "\
events: {enabled: true}
configuration:
  profiles:
    batch: {extends: default, preStopSleep: 7}
namespaceProfiles: [default, web, batch]
";
/// Objects that Kubernetes makes in each Namespace, and the Namespace itself, which Helm keeps.
const OF_THE_NAMESPACE: [&str; 3] = [
    "Namespace /podwright-system",
    "ServiceAccount podwright-system/default",
    "ConfigMap podwright-system/kube-root-ca.crt",
];

/// Replaces the installation by a release: install, test, upgrade, roll back and uninstall. No Pod is refused, none is missed
/// while podwright is installed, nothing is left over, and the release writes events. Then installs with kustomize.
pub(crate) fn release(stage: &Stage) -> Result<String, Error> {
    shell(stage.cluster, UNINSTALL)?;
    let seen = live(stage);
    let again = minute::kustomize(stage);
    install::apply_base(stage.cluster)?;
    wait_for_replicas(stage)?;
    Ok(format!("{}; kustomize {:.1} s", seen?, again?.as_secs_f32()))
}

fn live(stage: &Stage) -> Result<String, Error> {
    let cluster = stage.cluster;
    files::write(&site(cluster).join("values.yaml"), VALUES)?;
    let first = install(stage)?;
    let tested = Instant::now();
    shell(cluster, "helm test podwright --namespace podwright-system")?;
    let tested = tested.elapsed();
    events(stage)?;

    cluster.tag_image(image::TAG, "podwright:next")?;
    let upgraded = during(stage, |_| upgrade(stage, "strict=true,image.repository=podwright,image.tag=next"))?;
    none_missed(&upgraded)?;
    let rolled_back = during(stage, |stage| {
        shell(cluster, "helm rollback podwright 1 --namespace podwright-system")?;
        wait_for_replicas(stage)
    })?;
    none_missed(&rolled_back)?;

    let (uninstalled, left) = uninstall(stage)?;
    ensure!(left.is_empty(), "helm uninstall left {left:?}");
    let [first, tested] = [first, tested].map(|took| took.as_secs_f32());
    Ok(format!(
        "injected {first:.1} s after the start of `helm install`; test {tested:.1} s; upgrade {upgraded}; back {rolled_back}; \
         uninstall {uninstalled}, nothing left"
    ))
}

/// Installs as the chart's page says, and returns the time until a Namespace's Deployment runs, injected.
fn install(stage: &Stage) -> Result<Duration, Error> {
    shell(stage.cluster, &format!("helm lint --strict {CHART} --kube-version 1.37.0"))?;
    let install = format!("helm install podwright {CHART} --create-namespace --values values.yaml");
    minute::within(stage, "helm", &install)
}

/// Waits for podwright's event on the ReplicaSet of a Deployment.
fn events(stage: &Stage) -> Result<(), Error> {
    const NAME: &str = "shop-events";
    minute::shop(stage, NAME)?;
    let selector = "--field-selector=reportingComponent=podwright,reason=Injected";
    let regarding = "--output=jsonpath={.items[*].involvedObject.kind}";
    eventually(PATIENCE, "no event Injected on the ReplicaSet", || {
        let kinds = stage.cluster.run(&["get", "events", "-n", NAME, selector, regarding])?;
        Ok(kinds.split(' ').any(|kind| kind == "ReplicaSet"))
    })?;
    stage.cluster.run(&["delete", "namespace", NAME, "--wait=false"]).map(drop)
}

fn upgrade(stage: &Stage, values: &str) -> Result<(), Error> {
    shell(stage.cluster, &format!("helm upgrade podwright {CHART} --reuse-values --set {values}"))?;
    wait_for_replicas(stage)
}

/// Uninstalls a strict release under the stream, and returns the objects of podwright that are left.
fn uninstall(stage: &Stage) -> Result<(Tally, Vec<String>), Error> {
    upgrade(stage, "strict=true")?;
    let ended = during(stage, |_| {
        shell(stage.cluster, "helm uninstall podwright --namespace podwright-system --wait").map(drop)
    })?;
    none_refused(&ended)?;
    let left = podwrights(stage)?;
    stage.cluster.run(&["delete", "namespace", NAMESPACE])?;
    Ok((ended, left.into_iter().filter(|object| !OF_THE_NAMESPACE.contains(&object.as_str())).collect()))
}
