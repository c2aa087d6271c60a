//! Values that the chart refuses before anything is applied. Each error has an example.

use std::collections::BTreeSet;
use std::process::Output;

use xtask::helm::Helm;

use super::page::fields;
use super::{FOR_KUBERNETES, chart, helm, templated};
use crate::world::text;

/// The Namespaces that `podwright install --namespace` refuses, except `default`, which `helm lint` uses.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_clusters_own_namespaces_are_refused() {
    for namespace in ["kube-system", "kube-public", "kube-node-lease"] {
        let said = refused(&["--namespace", namespace]);
        assert!(said.contains(&format!("the cluster itself uses the Namespace {namespace}: expected one")), "{said}");
    }
    assert!(!templated(Helm::Three, "default", &[]).is_empty());
}

/// Values that are valid alone, and not together.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn contradictions_are_refused_with_an_example() {
    for (flags, words) in [
        (
            "ports.admin=8443",
            "ports: webhook and admin are both 8443: expected two different ports, such as ports.webhook",
        ),
        ("hostNetwork.ports.webhook=10751", "hostNetwork.ports: webhook and admin are both 10751"),
        ("hostNetwork.enabled=true,hostNetwork.ports.webhook=10250", "Kubernetes itself listens on 10250 of each node"),
        ("terminationGracePeriodSeconds=42", "42 is too short: podwright serves for 10 seconds"),
        (
            "extraArgs={--lame-duck=1m}",
            "podwright serves for 60 seconds (--lame-duck) and drains for up to 32: expected at least 93",
        ),
        ("extraArgs={--lame-duck,20s}", "expected at least 53, such as 55"),
        (
            "podDisruptionBudget.minAvailable=2",
            "2 of 2 replicas blocks every drain of a node: expected fewer than replicaCount, such as 1",
        ),
        ("podDisruptionBudget.minAvailable=51%", "51% of 2 replicas blocks every drain of a node"),
        ("replicaCount=3,podDisruptionBudget.minAvailable=67%", "67% of 3 replicas blocks every drain of a node"),
        (
            "extraArgs={--bind=0.0.0.0:9443}",
            "extraArgs: the chart itself sets --bind: expected the value ports.webhook instead",
        ),
        (
            "extraArgs={--events}",
            "extraArgs: the chart itself sets --events: expected the value events.enabled instead",
        ),
        ("extraArgs={--tls-cert-file,/a}", "expected the value certificates instead"),
        ("extraArgs={--log-format=json,--log-format=text}", "extraArgs: repeated option --log-format"),
        ("extraEnv[0].name=POD_NAMESPACE", "extraEnv: POD_NAMESPACE is already set"),
        (
            "commonLabels.app\\.kubernetes\\.io/name=a",
            "commonLabels: the chart itself sets app.kubernetes.io/name: expected",
        ),
        ("podMonitor.labels.app\\.kubernetes\\.io/managed-by=a", "such as podMonitor.labels.team=platform"),
        ("configuration=kind: Configuration", "a text of one YAML document with apiVersion: podwright.dev/v1alpha1"),
        ("certificates.certManager.duration=59m", "at '/certificates/certManager/duration'"),
        ("image.repository=Podwright", "at '/image/repository'"),
        ("image.repository=podwright:0.1.0", "at '/image/repository'"),
        ("image.tag=-a", "at '/image/tag'"),
        ("image.digest=sha256:abc", "at '/image/digest'"),
    ] {
        let said = refused(&["--set", flags]);
        assert!(said.contains(words), "{flags}: {said}");
    }
}

/// As in a file of values in which all fields of a key are commented out. Helm then removes the key's defaults.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn each_value_can_be_null_or_is_named_as_missing() {
    let sections = fields().into_iter().flat_map(|field| {
        let ends: Vec<usize> = field.name.match_indices('.').map(|(at, _)| at).chain([field.name.len()]).collect();
        ends.into_iter().map(move |end| field.name[..end].to_owned())
    });
    let (mut missing, mut accepted) = (Vec::new(), Vec::new());
    for name in sections.collect::<BTreeSet<String>>() {
        let output = rendered(&["--set", &format!("{name}=null")]);
        let said = text(&output.stderr);
        if output.status.success() {
            accepted.push(name);
        } else if said.contains(&format!("{name}: the value is null or missing")) {
            missing.push(name);
        } else {
            assert!(said.contains("expected ") && said.contains("such as "), "{name}: {said}");
        }
    }
    for name in ["events", "hostNetwork.ports", "image.repository", "ports.webhook", "strict", "test"] {
        assert!(missing.iter().any(|one| one == name), "{name}: {accepted:?}");
    }
    for name in ["affinity", "image.tag", "replicaCount", "resources", "nodeSelector", "namespaceProfiles"] {
        assert!(accepted.iter().any(|one| one == name), "{name}: {missing:?}");
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn valid_values_close_to_refused_ones_are_accepted() {
    for flags in [
        "terminationGracePeriodSeconds=43",
        "terminationGracePeriodSeconds=33,extraArgs={--lame-duck=0s}",
        "replicaCount=3,podDisruptionBudget.minAvailable=66%",
        "replicaCount=1",
        "podDisruptionBudget.enabled=false,podDisruptionBudget.minAvailable=2",
        "global=null",
        "certificates.certManager.duration=60m",
        "certificates.certManager.duration=1h30m",
        "ports.webhook=10250",
        "hostNetwork.enabled=true,hostNetwork.ports.webhook=6443",
        // The condition under which a parent chart contains this one.
        "enabled=true",
        // As an empty key in a file of values.
        "commonLabels=null,commonAnnotations=null,podLabels=null,podAnnotations=null",
        "prometheusRule.enabled=true,prometheusRule.alertLabels=null",
        "image.repository=registry.example.com:5000/a/b-c__d.e",
        "image.repository=localhost/podwright",
    ] {
        assert!(!templated(Helm::Three, "podwright-system", &["--set", flags]).is_empty(), "{flags}");
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn null_leaves_a_number_to_kubernetes_and_keeps_the_budget() {
    let flags = ["--set", "revisionHistoryLimit=null,replicaCount=null"];
    let objects = templated(Helm::Three, "podwright-system", &flags);
    let of_kind = |kind: &str| objects.iter().find(|object| object["kind"] == kind).expect("an object of the kind");
    let spec = &of_kind("Deployment")["spec"];
    assert!(["revisionHistoryLimit", "replicas"].iter().all(|field| spec.get(field).is_none()), "{spec}");
    assert_eq!(of_kind("PodDisruptionBudget")["spec"]["minAvailable"], 1);
}

/// Helm's error.
pub(super) fn refused(flags: &[&str]) -> String {
    let output = rendered(flags);
    assert!(!output.status.success(), "{flags:?}: {}", text(&output.stdout));
    text(&output.stderr)
}

fn rendered(flags: &[&str]) -> Output {
    let chart = chart();
    let template = ["template", "podwright", chart.to_str().unwrap(), "--kube-version", FOR_KUBERNETES];
    helm(Helm::Three, &[&template[..], flags].concat())
}
