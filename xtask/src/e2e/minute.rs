//! The time from the first command of an installation to an injected Pod of a Namespace's own profile: a minute at most.

use std::time::{Duration, Instant};

use super::{
    install::{self, DEPLOYMENT, NAMESPACE, shell, site},
    stage::{Stage, apply_text},
};
use xtask::{Error, ensure, files};

const MINUTE: Duration = Duration::from_secs(60);
const FILE: &str = "\
apiVersion: podwright.dev/v1alpha1
kind: Configuration
profiles:
  batch: {extends: default, preStopSleep: 7}
";
/// A labelled Namespace and a Deployment in it.
const SHOP: &str = include_str!("shop.yaml");
/// docs/install.md has the overlay.
const PAGE: &str = "docs/install.md";

/// Installs with an overlay: a profile in the ConfigMap, and its entry as on the page.
pub(crate) fn kustomize(stage: &Stage) -> Result<Duration, Error> {
    let page = files::read(&crate::root().join(PAGE))?;
    let blocks = page.split("\n```yaml\n# kustomization.yaml\n").skip(1);
    let overlay = blocks.filter_map(|block| block.split("\n```").next()).find(|block| block.contains("/mutate/batch"));
    let overlay =
        overlay.ok_or_else(|| Error::new(format!("{PAGE} has no overlay with the entry of a profile `batch`")))?;
    let folder = site(stage.cluster).join("own");
    files::make(&folder)?;
    files::write(&folder.join("configuration.yaml"), FILE)?;
    let map = "configMapGenerator:\n\
               - {name: podwright, namespace: podwright-system, behavior: replace, files: [configuration.yaml]}\n\
               generatorOptions: {disableNameSuffixHash: true}\n";
    files::write(&folder.join("kustomization.yaml"), format!("{overlay}\n{map}"))?;
    within(stage, "kustomize", "kubectl apply -k own")
}

/// Installs with `podwright install`.
pub(crate) fn podwright(stage: &Stage) -> Result<Duration, Error> {
    files::write(&site(stage.cluster).join("profiles.yaml"), FILE)?;
    let install = "podwright install --config profiles.yaml --namespace-profile default,web,batch | kubectl apply -f -";
    within(stage, "install", install)
}

/// Runs these commands, waits for podwright, and applies a labelled Namespace with a Deployment. Its Pods must be injected by
/// the profile and ready within a minute.
pub(crate) fn within(stage: &Stage, name: &str, command: &str) -> Result<Duration, Error> {
    let namespace = format!("shop-{name}");
    let started = Instant::now();
    shell(stage.cluster, command)?;
    stage.cluster.run(&["rollout", "status", DEPLOYMENT, "-n", NAMESPACE, "--timeout=60s"])?;
    let shop = shop(stage, &namespace)?;
    let took = started.elapsed();
    let sleeps = shop.of_pods("app=shop", ".spec.containers[0].lifecycle.preStop.sleep.seconds")?;
    let logs = || install::logs(stage.cluster);
    ensure!(
        sleeps == ["7", "7"],
        "{name}: the Pods sleep {sleeps:?} seconds; expected those of the profile\n{}",
        logs()
    );
    ensure!(took < MINUTE, "{name}: the Pods were ready after {took:?}; expected a minute at most\n{}", logs());
    stage.cluster.run(&["delete", "namespace", &namespace, "--wait=false"])?;
    Ok(took)
}

/// Applies a labelled Namespace of this name with a Deployment, and waits until its Pods are ready.
pub(super) fn shop<'s>(stage: &Stage<'s>, namespace: &'s str) -> Result<Stage<'s>, Error> {
    apply_text(stage.cluster, &SHOP.replace("NAMESPACE", namespace), &[])?;
    let shop = Stage::new(stage.cluster, namespace);
    shop.rolled_out("deployment/shop")?;
    Ok(shop)
}
