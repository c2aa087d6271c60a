//! Podwright's own life in a cluster: another version takes the place of this one, the strict variant, and the end. All of it
//! under a constant stream of Pods.

use super::{
    install::{self, DEPLOYMENT, NAMESPACE, shell},
    stage::{Stage, ensure},
    stream::{during, none_missed, none_refused, scale_to_none, wait_for_replicas},
};
use crate::image;
use xtask::Error;

const STRICT: &str = "components: [../manifests/components/strict]\n";
/// The same program by another name, with other arguments and other profiles.
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
const UNINSTALL: &str = "podwright uninstall | kubectl delete --ignore-not-found -f -";

/// Under `Fail`: a rolling restart costs nothing, and without podwright those that opted in are refused, with its name in the
/// message, and nobody else.
pub(crate) fn strict(stage: &mut Stage) -> Result<String, Error> {
    install::apply_overlay(&stage.cluster, STRICT)?;
    let seen = under_fail(stage);
    // Back to what the other checks expect, whatever was seen.
    stage.cluster.run(&["scale", DEPLOYMENT, "-n", NAMESPACE, "--replicas=2"])?;
    shell(&stage.cluster, "kubectl apply -k manifests")?;
    wait_for_replicas(stage)?;
    seen
}

fn under_fail(stage: &mut Stage) -> Result<String, Error> {
    let rolled = during(stage, |stage| {
        stage.cluster.run(&["rollout", "restart", DEPLOYMENT, "-n", NAMESPACE])?;
        wait_for_replicas(stage)
    })?;
    none_missed(&rolled)?;
    scale_to_none(stage)?;
    let gone = during(stage, |stage| {
        stage.kubectl(&["run", "bystander", "--image=workload:e2e", "--restart=Never"]).map(drop)
    })?;
    let told = "failed calling webhook \"pods.podwright.dev\"";
    ensure(gone.created == 0 && gone.refused > 0 && gone.words.contains(told), || {
        format!("{gone}: {}; expected all to be refused, with {told}", gone.words)
    })?;
    stage.cluster.run(&["scale", DEPLOYMENT, "-n", NAMESPACE, "--replicas=2"])?;
    wait_for_replicas(stage)?;
    install::wait_until_fitted(&stage.cluster)?;
    let back = during(stage, |_| Ok(()))?;
    none_missed(&back)?;
    let words = gone.words.lines().next().unwrap_or_default();
    Ok(format!("rolling restart {rolled}; while gone {gone} ({words}), a bystander created; after that {back}"))
}

/// Another version takes the place of this one, and misses nothing; and back.
pub(crate) fn upgraded(stage: &mut Stage) -> Result<String, Error> {
    stage.cluster.tag_image(image::TAG, "podwright:next")?;
    let upgraded = during(stage, |stage| {
        install::apply_overlay(&stage.cluster, NEXT)?;
        wait_for_replicas(stage)
    })?;
    let of_replicas = |stage: &Stage, path: &str| {
        let path = format!("jsonpath={{.items[*].spec.{path}}}");
        stage.cluster.run(&["get", "pods", "-n", NAMESPACE, "-o", &path])
    };
    let images = of_replicas(stage, "containers[0].image")?;
    let nodes = of_replicas(stage, "nodeName")?;
    let back = during(stage, |stage| {
        shell(&stage.cluster, "kubectl apply -k manifests")?;
        wait_for_replicas(stage)
    })?;
    none_missed(&upgraded)?;
    ensure(images == "podwright:next podwright:next", || format!("the replicas are of {images}"))?;
    let [one, other] = nodes.split_once(' ').map_or([nodes.as_str(), ""], |(one, other)| [one, other]);
    ensure(one != other, || format!("both replicas are on {nodes}"))?;
    none_missed(&back)?;
    Ok(format!("to the next {upgraded}; and back {back}"))
}

/// Podwright leaves, which refuses nobody, and leaves nothing.
pub(crate) fn uninstalled(stage: &mut Stage) -> Result<String, Error> {
    let installed = podwrights(stage)?.len();
    ensure(installed > 10, || format!("{installed} objects are not all of podwright, so this shows nothing"))?;
    let ended = during(stage, |stage| shell(&stage.cluster, UNINSTALL).map(drop));
    let left = podwrights(stage);
    install::install_again(&stage.cluster)?;
    wait_for_replicas(stage)?;
    let (ended, left, again) = (ended?, left?, podwrights(stage)?.len());
    none_refused(&ended)?;
    ensure(left.is_empty(), || format!("uninstall left {left:?}"))?;
    ensure(again == installed, || format!("{again} objects are there again; there were {installed}"))?;
    Ok(format!("{ended}; {installed} objects gone, none left, and installed again"))
}

/// Every object of the cluster that is podwright's by name or Namespace, whatever its kind; but events, which end by
/// themselves, and what comes and goes with Pods.
fn podwrights(stage: &Stage) -> Result<Vec<String>, Error> {
    let kinds = stage.cluster.run(&["api-resources", "--verbs=list", "-o", "name"])?;
    let passing = ["events", "pods", "replicasets", "endpoints", "endpointslices", "leases", "podmetrics"];
    let is_passing = |kind: &str| passing.contains(&kind.split('.').next().unwrap_or_default());
    let kinds: Vec<&str> = kinds.lines().filter(|kind| !is_passing(kind)).collect();
    let template = "jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name}{\"\\n\"}{end}";
    let all = stage.cluster.run(&["get", &kinds.join(","), "--all-namespaces", "-o", template])?;
    Ok(all.lines().filter(|line| line.contains("podwright")).map(str::to_owned).collect())
}
