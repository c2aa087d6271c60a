//! Podwright's certificates in a cluster, taken away and replaced under a constant stream of Pods: what its Secret held, what
//! API servers trust, and all of them by time. `Fail` where nothing may be missed, so that a refusal would be seen.

use std::{
    collections::BTreeSet,
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use super::{
    counter::Counter,
    install::{self, DEPLOYMENT, NAMESPACE, STRICT, shell, under},
    stage::{PATIENCE, Stage, eventually},
    stream::{Tally, during, none_missed, none_refused, scale_to_none, wait_for_replicas},
};
use xtask::{Error, ensure};

const SECRET: &str = "podwright-tls";
const CONFIGURATION: &str = "00-podwright";
const ENTRIES: &str = "jsonpath={range .webhooks[*]}{.clientConfig.caBundle}{\"\\n\"}{end}";
/// Until an operator, or whoever applies the manifests anew, has noticed. More than two readiness probes.
const ABSENT: Duration = Duration::from_secs(5);
const WIPES: usize = 3;
/// How long podwright may take to put something right: a read and a write, on a machine that does other things.
const HEALED: Duration = Duration::from_secs(5);
/// Lives of seconds, which a process has by its flags alone.
const LIVES: &str = "\
patches:
  - target: {kind: Deployment, name: podwright}
    patch: |
      - {op: add, path: /spec/template/spec/containers/0/args/-, value: --leaf-life=12s}
      - {op: add, path: /spec/template/spec/containers/0/args/-, value: --ca-life=36s}
";
/// The first is the installation's, the second is asked for by hand, and the third comes by time.
const AUTHORITIES: usize = 3;
/// Has the commands by which an operator asks for a rotation.
const PAGE: &str = "docs/certificates.md";
const AUTHORITY: &str = "{.data.ca\\.crt}";

/// The Secret is deleted, and applied again as it is in the manifests: nobody notices.
pub(crate) fn secret_deleted(stage: &Stage) -> Result<String, Error> {
    let before = secret(stage, "{.data}")?;
    let mut took = Duration::ZERO;
    let tally = under(stage.cluster, STRICT, || {
        during(stage, |stage| {
            stage.cluster.run(&["delete", "secret", SECRET, "-n", NAMESPACE])?;
            sleep(ABSENT);
            let ready = ["get", DEPLOYMENT, "-n", NAMESPACE, "-o", "jsonpath={.status.readyReplicas}"];
            let ready = stage.cluster.run(&ready)?;
            ensure!(ready == "2", "{ready:?} replicas are ready without the Secret; expected 2");
            shell(stage.cluster, "kubectl apply -f manifests/secret.yaml")?;
            let applied = Instant::now();
            eventually(HEALED, "what the Secret held is not written back", || Ok(secret(stage, "{.data}")? == before))?;
            took = applied.elapsed();
            Ok(())
        })
    })?;
    none_missed(&tally)?;
    well(stage)?;
    let (absent, took) = (ABSENT.as_secs(), took.as_secs_f32());
    Ok(format!(
        "{tally}; without it for {absent} s both replicas served on, and {took:.1} s after it was applied again, empty, it held \
         the same CA and certificate; `podwright certs status` finds nothing wrong"
    ))
}

/// Every `caBundle` is wiped, again and again: it is written back at once. What API servers did without it until then is
/// counted, with either failurePolicy.
pub(crate) fn bundle_wiped(stage: &Stage) -> Result<String, Error> {
    let (ignored, took) = wiped(stage)?;
    none_refused(&ignored)?;
    let (strict, took_strict, back) = under(stage.cluster, STRICT, || {
        let (strict, took) = wiped(stage)?;
        Ok((strict, took, during(stage, |_| Ok(()))?))
    })?;
    let (words, refusals) = (&strict.words, strict.words.lines().count());
    ensure!(
        strict.injected == strict.created && words.matches("certificate").count() >= refusals,
        "{strict}: {words}; expected none to be unfitted, or refused for anything but the certificate"
    );
    none_missed(&back)?;
    well(stage)?;
    let took = took.max(took_strict).as_secs_f32();
    Ok(format!(
        "wiped {WIPES} times each, whole again after {took:.1} s; {ignored}; strict {strict}; after that {back}"
    ))
}

/// The stream while the bundles are wiped, and the longest that one of them was not whole.
fn wiped(stage: &Stage) -> Result<(Tally, Duration), Error> {
    let before = bundles(stage)?;
    ensure!(
        before.lines().count() == 7 && before.lines().all(|line| !line.is_empty()),
        "the caBundles are {before:?}; expected one for each of seven entries"
    );
    let mut longest = Duration::ZERO;
    let tally = during(stage, |stage| {
        for _ in 0..WIPES {
            let wiped = Instant::now();
            for (kind, entries) in [("mutating", 0..2), ("validating", 0..1)] {
                let paths = entries.map(|entry| format!("/webhooks/{entry}/clientConfig/caBundle"));
                let patch: Vec<_> = paths.map(|path| format!("{{\"op\":\"remove\",\"path\":\"{path}\"}}")).collect();
                let kind = format!("{kind}webhookconfiguration");
                let patch = format!("[{}]", patch.join(","));
                stage.cluster.run(&["patch", &kind, CONFIGURATION, "--type=json", "-p", &patch])?;
            }
            eventually(HEALED, "a caBundle is not written back", || Ok(bundles(stage)? == before))?;
            longest = longest.max(wiped.elapsed());
            sleep(Duration::from_secs(1));
        }
        Ok(())
    })?;
    Ok((tally, longest))
}

/// Certificates and CAs are replaced one after the other, by hand and by time, while replicas are replaced as well. Under
/// `Fail` nothing is refused, and whoever connects anew is shown what the `caBundle` of a second ago verifies.
pub(crate) fn rotations(stage: &Stage) -> Result<String, Error> {
    let seen = rotated(stage);
    begin_anew(stage)?;
    let (tally, [verified, failed, certificates, authorities], reasons) = seen?;
    none_missed(&tally)?;
    let told = format!(
        "{tally}; two replicas, which were replaced twice, served {certificates} certificates of {authorities} CAs; of {} \
         connections that were made anew, under the caBundle of a second ago, {failed} failed",
        verified + failed
    );
    ensure!(failed == 0, "{told}: {reasons}");
    ensure!(certificates >= 5 && authorities >= 3, "{told}; expected 5 certificates of 3 CAs, or more");
    Ok(told)
}

fn rotated(stage: &Stage) -> Result<(Tally, [u64; 4], String), Error> {
    install::apply_overlay(stage.cluster, STRICT)?;
    let handshakes = Counter::start(handshakes(stage)?)?;
    let tally = during(stage, |stage| {
        install::apply_overlay(stage.cluster, &format!("{STRICT}{LIVES}"))?;
        wait_for_replicas(stage)?;
        // The CA of the installation has months to live.
        let mut seen = BTreeSet::from([secret(stage, AUTHORITY)?]);
        for key in ["tls.crt", "ca.key"] {
            by_hand(stage, key)?;
        }
        let mut until = |count: usize| {
            eventually(PATIENCE, "there is no other CA", || {
                seen.insert(secret(stage, AUTHORITY)?);
                Ok(seen.len() >= count)
            })
        };
        until(AUTHORITIES - 1)?;
        stage.cluster.run(&["rollout", "restart", DEPLOYMENT, "-n", NAMESPACE])?;
        until(AUTHORITIES)?;
        wait_for_replicas(stage)
    })?;
    let (numbers, reasons) = handshakes.end()?;
    Ok((tally, numbers, reasons))
}

/// What calls podwright's Service as an API server does.
fn handshakes(stage: &Stage) -> Result<Command, Error> {
    let path = format!("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/{CONFIGURATION}");
    let mut command = stage.caller("handshakes", &path);
    let address = ["get", "service", "podwright", "-n", NAMESPACE, "-o", "jsonpath={.spec.clusterIP}"];
    let address = stage.cluster.run(&address)?;
    command.arg("--name").arg(format!("podwright.{NAMESPACE}.svc")).arg(format!("{address}:443"));
    Ok(command)
}

/// The command of docs/certificates.md that takes this key away.
fn by_hand(stage: &Stage, key: &str) -> Result<(), Error> {
    let takes_away = format!("{{\"data\":{{\"{key}\":null}}}}");
    let page = install::document(PAGE)?;
    let command = page.lines().find(|line| line.starts_with("kubectl ") && line.contains(&takes_away));
    let command = command.ok_or_else(|| Error::new(format!("{PAGE} has no command with {takes_away}")))?;
    shell(stage.cluster, command).map(drop)
}

/// Nothing of what lives for seconds is left: replicas with the lives of the base would not be in time to replace it.
fn begin_anew(stage: &Stage) -> Result<(), Error> {
    scale_to_none(stage)?;
    stage.cluster.run(&["patch", "secret", SECRET, "-n", NAMESPACE, "--type=merge", "-p", "{\"data\":null}"])?;
    install::apply_base(stage.cluster)?;
    wait_for_replicas(stage)?;
    install::wait_until_fitted(stage.cluster)?;
    well(stage)
}

fn secret(stage: &Stage, path: &str) -> Result<String, Error> {
    stage.cluster.run(&["get", "secret", SECRET, "-n", NAMESPACE, "-o", &format!("jsonpath={path}")])
}

/// Every entry's, a line each.
fn bundles(stage: &Stage) -> Result<String, Error> {
    let of = |kind: &str| stage.cluster.run(&["get", kind, CONFIGURATION, "-o", ENTRIES]);
    Ok(of("mutatingwebhookconfiguration")? + &of("validatingwebhookconfiguration")?)
}

/// As an operator asks.
fn well(stage: &Stage) -> Result<(), Error> {
    install::podwright(stage.cluster, &["certs", "status"]).map(drop)
}
