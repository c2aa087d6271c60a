//! The harness itself, on real control planes.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{fs, io::Write, os::unix::fs::PermissionsExt, process::Stdio, thread};

use xtask::{
    control_plane::{self, Assets, ControlPlane},
    scratch::Scratch,
};

const POD: &str = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "web", "image": "web:1"}]}}"#;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn two_side_by_side_are_ready_and_apart() {
    let one = thread::spawn(|| ControlPlane::start().unwrap());
    let other = ControlPlane::start().unwrap();
    let one = one.join().unwrap();
    assert_ne!(one.url(), other.url());

    one.create_namespace("first").unwrap();
    assert_eq!(one.run(&["get", "namespace", "first", "-o", "name"]).unwrap(), "namespace/first\n");
    let error = other.run(&["get", "namespace", "first"]).unwrap_err().to_string();
    assert!(error.contains("NotFound"), "{error}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn pods_are_admitted_as_in_life_and_audited() {
    let cluster = ControlPlane::start().unwrap();
    cluster.create_namespace("apps").unwrap();
    for namespace in ["default", "apps"] {
        let pod = create_pod(&cluster, namespace);
        assert!(pod.contains("kube-api-access-"), "the ServiceAccount's volume is missing: {pod}");
    }
    let audit = fs::read_to_string(cluster.audit_log()).unwrap();
    let created =
        audit.lines().find(|line| line.contains(r#""verb":"create""#) && line.contains("namespaces/apps/pods"));
    let created = created.expect("the Pod's creation is not in the audit log");
    assert!(created.contains(r#""level":"Request""#) && created.contains(r#""image":"web:1""#), "{created}");
    assert!(cluster.run(&["get", "--raw=/metrics"]).unwrap().contains("apiserver_request_total"));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_server_that_ends_early_is_an_error_with_its_log() {
    let real = control_plane::assets().unwrap();
    let scratch = Scratch::new().unwrap();
    let broken = script(&scratch, "broken", "echo 'a flag is wrong' >&2; exit 3");
    for assets in [Assets { etcd: broken.clone(), ..real.clone() }, Assets { kube_apiserver: broken, ..real }] {
        let error = ControlPlane::start_with(&assets).unwrap_err().to_string();
        assert!(error.contains("ended early (exit status: 3)"), "{error}");
        assert!(error.ends_with("a flag is wrong"), "{error}");
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_lost_race_for_a_port_is_run_again() {
    let real = control_plane::assets().unwrap();
    let scratch = Scratch::new().unwrap();
    let once = scratch.path().join("once").display().to_string();
    let lose = format!("if mkdir '{once}'; then echo 'bind: address already in use' >&2; exit 1; fi");
    let run = format!("{lose}; exec '{}' \"$@\"", real.etcd.display());
    let assets = Assets { etcd: script(&scratch, "etcd", &run), ..real };
    let cluster = ControlPlane::start_with(&assets).unwrap();
    assert_eq!(cluster.run(&["get", "--raw=/readyz"]).unwrap(), "ok");
}

fn create_pod(cluster: &ControlPlane, namespace: &str) -> String {
    let mut kubectl = cluster.kubectl(&["create", "--namespace", namespace, "-o", "yaml", "-f", "-"]);
    let mut kubectl = kubectl.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    kubectl.stdin.take().unwrap().write_all(POD.as_bytes()).unwrap();
    String::from_utf8(kubectl.wait_with_output().unwrap().stdout).unwrap()
}

fn script(scratch: &Scratch, name: &str, text: &str) -> std::path::PathBuf {
    let path = scratch.write(name, &format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}
