//! podwright's certificates in a cluster under a constant stream of Pods: its Secret, the trust bundles, and rotation
//! over time. With `Fail` no Pod may be missed, so that any loss is visible.

use std::{
    collections::BTreeSet,
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use super::{
    install::{self, DEPLOYMENT, NAMESPACE, STRICT, shell, under},
    stage::{Counter, PATIENCE, Stage},
    stream::{Tally, during, none_missed, none_refused, scale_to_none, wait_for_replicas},
};
use xtask::{Error, ensure, files, wait::eventually};

const SECRET: &str = "podwright-tls";
const CONFIGURATION: &str = "00-podwright";
const ENTRIES: &str = "jsonpath={range .webhooks[*]}{.clientConfig.caBundle}{\"\\n\"}{end}";
/// The time until an operator notices: more than two readiness probes.
const ABSENT: Duration = Duration::from_secs(5);
const WIPES: usize = 3;
/// podwright's time for a repair: a read and a write, on a busy machine.
const HEALED: Duration = Duration::from_secs(5);
/// Lifetimes of seconds, set by flags only.
const LIVES: &str = "\
patches:
  - target: {kind: Deployment, name: podwright}
    patch: |
      - {op: add, path: /spec/template/spec/containers/0/args/-, value: --leaf-life=12s}
      - {op: add, path: /spec/template/spec/containers/0/args/-, value: --ca-life=36s}
";
/// One CA of the installation, one by hand, and one by time.
const AUTHORITIES: usize = 3;
/// The page with the commands for a rotation by hand.
const PAGE: &str = "docs/certificates.md";
const AUTHORITY: &str = "{.data.ca\\.crt}";

/// Deletes the Secret and applies it again from the manifests. No Pod is missed.
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
            eventually(HEALED, "the Secret's data is not written back", || Ok(secret(stage, "{.data}")? == before))?;
            took = applied.elapsed();
            Ok(())
        })
    })?;
    none_missed(&tally)?;
    well(stage)?;
    let (absent, took) = (ABSENT.as_secs(), took.as_secs_f32());
    Ok(format!(
        "{tally}; without it for {absent} s both replicas served; {took:.1} s after it was applied again, empty, it held \
         the same CA and certificate; `podwright certs status` finds nothing wrong"
    ))
}

/// Removes every `caBundle`, several times: podwright writes it back at once. Counts the Pods that missed it with
/// either failurePolicy.
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
        "{strict}: {words}; expected all created ones to be injected, and refusals only for the certificate"
    );
    none_missed(&back)?;
    well(stage)?;
    let took = took.max(took_strict).as_secs_f32();
    Ok(format!("removed {WIPES} times each, repaired after {took:.1} s; {ignored}; strict {strict}; then {back}"))
}

/// Runs the stream while the bundles are removed; returns its counts and the longest repair.
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

/// Replaces certificates and CAs one after the other, by hand and by time, together with the replicas. With `Fail` no
/// Pod is refused, and each new connection verifies with the `caBundle` of a second ago.
pub(crate) fn rotations(stage: &Stage) -> Result<String, Error> {
    let seen = rotated(stage);
    begin_anew(stage)?;
    let (tally, [verified, failed, certificates, authorities], reasons) = seen?;
    none_missed(&tally)?;
    let summary = format!(
        "{tally}; two replicas, replaced twice, served {certificates} certificates of {authorities} CAs; of {} new connections, \
         under the caBundle of a second ago, {failed} failed",
        verified + failed
    );
    ensure!(failed == 0, "{summary}: {reasons}");
    ensure!(certificates >= 5 && authorities >= 3, "{summary}; expected 5 certificates of 3 CAs, or more");
    Ok(summary)
}

fn rotated(stage: &Stage) -> Result<(Tally, [u64; 4], String), Error> {
    install::apply_overlay(stage.cluster, STRICT)?;
    let handshakes = Counter::start(handshakes(stage)?)?;
    let tally = during(stage, |stage| {
        install::apply_overlay(stage.cluster, &format!("{STRICT}{LIVES}"))?;
        wait_for_replicas(stage)?;
        // The CA of the installation lives for months.
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

/// Calls podwright's Service as an API server does.
fn handshakes(stage: &Stage) -> Result<Command, Error> {
    let path = format!("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/{CONFIGURATION}");
    let mut command = stage.cluster.caller("handshakes", &path);
    let address = ["get", "service", "podwright", "-n", NAMESPACE, "-o", "jsonpath={.spec.clusterIP}"];
    let address = stage.cluster.run(&address)?;
    command.arg("--name").arg(format!("podwright.{NAMESPACE}.svc")).arg(format!("{address}:443"));
    Ok(command)
}

/// Runs the command of docs/certificates.md that removes this key.
fn by_hand(stage: &Stage, key: &str) -> Result<(), Error> {
    let removal = format!("{{\"data\":{{\"{key}\":null}}}}");
    let page = files::read(&crate::root().join(PAGE))?;
    let command = page.lines().find(|line| line.starts_with("kubectl ") && line.contains(&removal));
    let command = command.ok_or_else(|| Error::new(format!("{PAGE} has no command with {removal}")))?;
    shell(stage.cluster, command).map(drop)
}

/// Removes the short-lived certificates, because replicas with the usual lifetimes would not replace them in time.
fn begin_anew(stage: &Stage) -> Result<(), Error> {
    scale_to_none(stage)?;
    stage.cluster.run(&["patch", "secret", SECRET, "-n", NAMESPACE, "--type=merge", "-p", "{\"data\":null}"])?;
    install::apply_base(stage.cluster)?;
    wait_for_replicas(stage)?;
    install::wait_until_injected(stage.cluster)?;
    well(stage)
}

fn secret(stage: &Stage, path: &str) -> Result<String, Error> {
    stage.cluster.run(&["get", "secret", SECRET, "-n", NAMESPACE, "-o", &format!("jsonpath={path}")])
}

/// The bundles of all entries, one per line.
fn bundles(stage: &Stage) -> Result<String, Error> {
    let of = |kind: &str| stage.cluster.run(&["get", kind, CONFIGURATION, "-o", ENTRIES]);
    Ok(of("mutatingwebhookconfiguration")? + &of("validatingwebhookconfiguration")?)
}

fn well(stage: &Stage) -> Result<(), Error> {
    install::podwright(stage.cluster, &["certs", "status"]).map(drop)
}
