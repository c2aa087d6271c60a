//! podwright's absence, upgrade and removal under a constant stream of Pods.

use super::{
    install::{self, NAMESPACE, STRICT, shell},
    minute,
    stage::{PATIENCE, Stage},
    stream::{during, none_missed, none_refused, scale_to_none, wait_for, wait_for_replicas},
};
use crate::image;
use xtask::{Error, ensure, wait::eventually};

const HOST_NETWORK: &str = "\
components: [../manifests/components/host-network]
replicas: [{name: podwright, count: 1}]
";
const NO_REPLICA: &str = "replicas: [{name: podwright, count: 0}]\n";
/// The same program with another tag, arguments and profiles.
const NEXT: &str = "\
images: [{name: podwright, newTag: next}]
patches:
  - target: {kind: Deployment, name: podwright}
    patch: |
      - {op: add, path: /spec/template/spec/containers/0/args/-, value: --lame-duck=11s}
  - patch: |
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: podwright, namespace: podwright-system}
      data: {configuration.yaml: '{apiVersion: podwright.dev/v1alpha1, kind: Configuration, profiles: {more: {extends: web}}}'}
";
pub(crate) const UNINSTALL: &str = "podwright uninstall | kubectl delete --ignore-not-found -f -";

/// Scales podwright to zero. Pods are created unchanged. With `Fail`, opted-in Pods are refused with podwright's name
/// in the message, and other Pods are created. After the return, all are injected.
pub(crate) fn both_gone(stage: &Stage) -> Result<String, Error> {
    let seen = while_gone(stage);
    // Restores two replicas and `Ignore` for the other checks, in any case.
    install::apply_base(stage.cluster)?;
    wait_for_replicas(stage)?;
    seen
}

fn while_gone(stage: &Stage) -> Result<String, Error> {
    scale_to_none(stage)?;
    let ignored = during(stage, |_| Ok(()))?;
    none_refused(&ignored)?;
    ensure!(ignored.injected == 0, "{ignored}; expected no injection without replicas");

    install::apply_overlay(stage.cluster, &format!("{STRICT}{NO_REPLICA}"))?;
    wait_until_heeded(stage)?;
    let gone = during(stage, |stage| {
        stage.kubectl(&["run", "bystander", "--image=workload:e2e", "--restart=Never"]).map(drop)
    })?;
    let message = "failed calling webhook \"pods.podwright.dev\"";
    ensure!(
        gone.created == 0 && gone.refused > 0 && gone.words.contains(message),
        "{gone}: {}; expected all to be refused with {message}",
        gone.words
    );

    install::apply_overlay(stage.cluster, STRICT)?;
    wait_for_replicas(stage)?;
    install::wait_until_injected(stage.cluster)?;
    let back = during(stage, |_| Ok(()))?;
    none_missed(&back)?;
    let words = gone.words.lines().next().unwrap_or_default();
    Ok(format!("without replicas {ignored}; strict {gone} ({words}), a bystander created; then {back}"))
}

/// The API server takes up to a second to heed another failurePolicy.
fn wait_until_heeded(stage: &Stage) -> Result<(), Error> {
    eventually(PATIENCE, "no Pod is refused under Fail", || Ok(install::canary(stage.cluster).is_err()))
}

/// Upgrades to another version and back. No Pod is missed.
pub(crate) fn upgraded(stage: &Stage) -> Result<String, Error> {
    stage.cluster.tag_image(image::TAG, "podwright:next")?;
    let upgraded = during(stage, |stage| {
        install::apply_overlay(stage.cluster, NEXT)?;
        wait_for_replicas(stage)
    })?;
    let of_replicas = |stage: &Stage, path: &str| {
        let path = format!("jsonpath={{.items[*].spec.{path}}}");
        stage.cluster.run(&["get", "pods", "-n", NAMESPACE, "-o", &path])
    };
    let images = of_replicas(stage, "containers[0].image")?;
    let nodes = of_replicas(stage, "nodeName")?;
    let back = during(stage, |stage| {
        install::apply_base(stage.cluster)?;
        wait_for_replicas(stage)
    })?;
    none_missed(&upgraded)?;
    ensure!(images == "podwright:next podwright:next", "the replicas have the images {images}");
    let [one, other] = nodes.split_once(' ').map_or([nodes.as_str(), ""], |(one, other)| [one, other]);
    ensure!(one != other, "both replicas are on {nodes}");
    none_missed(&back)?;
    Ok(format!("upgrade {upgraded}; back {back}"))
}

/// Applies the component `host-network` with one replica, because this cluster's nodes share one network and its ports.
pub(crate) fn host_network(stage: &Stage) -> Result<String, Error> {
    let seen = install::under(stage.cluster, HOST_NETWORK, || {
        wait_for(stage, 1)?;
        install::wait_until_injected(stage.cluster)?;
        let own = ["get", "endpointslices", "-n", NAMESPACE, "-l", "kubernetes.io/service-name=podwright"];
        let path = "jsonpath={.items[*].endpoints[*].addresses[*]}:{.items[*].ports[*].port}";
        let address = stage.cluster.run(&[&own[..], &["-o", path]].concat())?;
        let node = stage.cluster.run(&["get", "pods", "-n", NAMESPACE, "-o", "jsonpath={.items[*].status.hostIP}"])?;
        ensure!(
            !node.is_empty() && address == format!("{node}:10750"),
            "the Service leads to {address:?}; expected port 10750 of the node, {node:?}"
        );
        Ok((address, during(stage, |_| Ok(()))?))
    });
    wait_for_replicas(stage)?;
    install::wait_until_injected(stage.cluster)?;
    let (address, tally) = seen?;
    none_missed(&tally)?;
    Ok(format!("by {address}, {tally}"))
}

/// Uninstalls podwright. No Pod is refused, and no object remains. Then installs with `podwright install`.
pub(crate) fn uninstalled(stage: &Stage) -> Result<String, Error> {
    let installed = podwrights(stage)?.len();
    ensure!(installed > 10, "expected more than 10 objects of podwright; found {installed}");
    let ended = during(stage, |stage| shell(stage.cluster, UNINSTALL).map(drop));
    let left = podwrights(stage);
    let took = minute::podwright(stage);
    install::apply_base(stage.cluster)?;
    wait_for_replicas(stage)?;
    let (ended, left, took, again) = (ended?, left?, took?, podwrights(stage)?.len());
    none_refused(&ended)?;
    ensure!(left.is_empty(), "uninstall left {left:?}");
    ensure!(again == installed, "{again} objects after the second installation; expected {installed}");
    let took = took.as_secs_f32();
    Ok(format!(
        "{ended}; {installed} objects gone, none left; injected {took:.1} s after the start of `podwright install`"
    ))
}

/// Every object of the cluster with podwright's name or Namespace, except Events and objects that come and go with
/// Pods.
pub(crate) fn podwrights(stage: &Stage) -> Result<Vec<String>, Error> {
    let kinds = stage.cluster.run(&["api-resources", "--verbs=list", "-o", "name"])?;
    let passing = ["events", "pods", "replicasets", "endpoints", "endpointslices", "leases", "podmetrics"];
    let is_passing = |kind: &str| passing.contains(&kind.split('.').next().unwrap_or_default());
    let kinds: Vec<&str> = kinds.lines().filter(|kind| !is_passing(kind)).collect();
    let template = "jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name}{\"\\n\"}{end}";
    let all = stage.cluster.run(&["get", &kinds.join(","), "--all-namespaces", "-o", template])?;
    Ok(all.lines().filter(|line| line.contains("podwright")).map(str::to_owned).collect())
}
