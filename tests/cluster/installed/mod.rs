//! `manifests/` with each of its components: `install` prints kustomize's result, the API server accepts it, and
//! `uninstall` removes it. `cargo xtask e2e` runs it.

mod monitoring;
mod options;
mod overlays;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use podwright::server::metrics::table::OF_API_SERVERS;
use serde_json::{Value, json};
use xtask::control_plane::ControlPlane;
use xtask::scratch::Scratch;

use crate::pods::pod;
use crate::world::{feed, text};
use overlays::shown_overlays;

const COMPONENTS: [&str; 6] = ["strict", "mounted-certificate", "cert-manager", "host-network", "monitoring", "events"];

/// A copy of the manifests, and an overlay of them.
struct Overlay {
    _folder: Scratch,
    path: PathBuf,
}

impl Overlay {
    fn new(kustomization: &str) -> Self {
        let folder = Scratch::new().unwrap();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests"), &folder.path().join("manifests"));
        let path = folder.path().join("overlay");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("kustomization.yaml"), kustomization).unwrap();
        Self { _folder: folder, path }
    }

    fn of(component: &str) -> Self {
        Self::new(&format!("{BASE}components: [../manifests/components/{component}]\n"))
    }

    fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }
}

const BASE: &str = "resources: [../manifests]\n";

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() { copy(&from, &to) } else { fs::copy(&from, &to).map(drop).unwrap() }
    }
}

fn podwright(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_podwright")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// The objects to apply, sorted by name between the first and the last, because that order does not matter.
fn objects(yaml: &str) -> Vec<Value> {
    let mut all: Vec<Value> = serde_saphyr::from_multiple(yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
    assert_eq!(all[0]["kind"], "Namespace");
    let last: Vec<_> = all[all.len() - 2..].iter().map(|object| object["kind"].as_str().unwrap()).collect();
    assert_eq!(last, ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]);
    all.sort_by_key(|object| [&object["kind"], &object["metadata"]["name"]].map(ToString::to_string));
    all
}

fn kustomized(overlay: &Overlay) -> Vec<Value> {
    let kubectl = &xtask::control_plane::assets().unwrap().kubectl;
    let output = Command::new(kubectl).args(["kustomize", overlay.path()]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    objects(&text(&output.stdout))
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn install_prints_what_kustomize_builds() {
    let base = kustomized(&Overlay::new(BASE));
    assert_eq!(objects(&podwright(&["install"])), base);
    let image = "registry.example.com:5000/podwright:9.9.9";
    let other = "images: [{name: podwright, newName: 'registry.example.com:5000/podwright', newTag: 9.9.9}]\n\
                 replicas: [{name: podwright, count: 3}]\n";
    let changed = kustomized(&Overlay::new(&format!("{BASE}{other}")));
    assert_ne!(changed, base);
    assert_eq!(objects(&podwright(&["install", "--image", image, "--replicas", "3"])), changed);
    let strict = kustomized(&Overlay::of("strict"));
    assert_ne!(strict, base);
    assert_eq!(objects(&podwright(&["install", "--strict"])), strict);
}

/// kustomize applies them in the order of an overlay's list.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn components_come_to_the_same_in_any_order() {
    let of = |components: &[&str]| {
        let listed: Vec<String> = components.iter().map(|name| format!("../manifests/components/{name}")).collect();
        kustomized(&Overlay::new(&format!("{BASE}components: [{}]\n", listed.join(", "))))
    };
    for certificate in ["mounted-certificate", "cert-manager"] {
        let all = ["strict", "host-network", certificate];
        let reversed = [certificate, "host-network", "strict"];
        assert_eq!(of(&all), of(&reversed), "{all:?}");
    }
}

/// A control plane with podwright's Namespace, cert-manager's kinds and the Prometheus operator's.
pub(crate) fn control_plane() -> ControlPlane {
    let control_plane = ControlPlane::start().unwrap_or_else(|error| panic!("{error}"));
    let namespace = concat!(env!("CARGO_MANIFEST_DIR"), "/manifests/namespace.yaml");
    control_plane.run(&["apply", "-f", namespace]).unwrap();
    monitoring::define_kinds(&control_plane);
    for kind in ["Issuer", "Certificate"] {
        let plural = format!("{}s", kind.to_lowercase());
        let schema = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
        let version = json!({"name": "v1", "served": true, "storage": true, "schema": schema});
        let definition = json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": format!("{plural}.cert-manager.io")},
            "spec": {"group": "cert-manager.io", "scope": "Namespaced", "versions": [version],
                     "names": {"kind": kind, "plural": plural, "singular": kind.to_lowercase()}},
        });
        apply(&control_plane, &definition.to_string(), &[]);
        let name = format!("crd/{plural}.cert-manager.io");
        control_plane.run(&["wait", "--for=condition=Established", &name, "--timeout=60s"]).unwrap();
    }
    control_plane
}

fn apply(control_plane: &ControlPlane, manifests: &str, arguments: &[&str]) -> Output {
    let applied = feed(&mut control_plane.kubectl(&[&["apply", "-f", "-"], arguments].concat()), manifests);
    assert!(applied.status.success(), "{}", text(&applied.stderr));
    applied
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_server_takes_every_variant_and_pod_security_has_nothing_to_say() {
    let control_plane = control_plane();
    let mut variants: Vec<(&str, Overlay)> = COMPONENTS.map(|name| (name, Overlay::of(name))).into();
    variants.push(("base", Overlay::new(BASE)));
    let shown = shown_overlays();
    variants.extend(shown.iter().map(|overlay| ("the page's", Overlay::new(overlay))));
    for (name, overlay) in variants {
        let ran = control_plane.kubectl(&["apply", "--dry-run=server", "-k", overlay.path()]).output().unwrap();
        let said = text(&ran.stderr);
        assert!(ran.status.success(), "{name}: {said}");
        // In a dry run the existing Namespace stays as it is, so the API server warns of violations of `restricted`.
        let warned = said.contains("hostNetwork=true");
        assert_eq!((warned, said.contains("Warning:")), (name == "host-network", warned), "{name}: {said}");
    }
}

/// The Pods themselves: what enforces is asked, and one that it would refuse is refused.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn its_pods_are_taken_where_restricted_is_enforced() {
    let control_plane = control_plane();
    control_plane.run(&["create", "serviceaccount", "podwright", "-n", "podwright-system"]).unwrap();
    let deployment =
        objects(&podwright(&["install"])).into_iter().find(|object| object["kind"] == "Deployment").unwrap();
    let template = &deployment["spec"]["template"];
    let mut pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "one", "namespace": "podwright-system", "labels": template["metadata"]["labels"]},
        "spec": template["spec"],
    });
    apply(&control_plane, &pod.to_string(), &["--dry-run=server"]);
    pod["spec"]["containers"][0]["securityContext"]["capabilities"] = Value::Null;
    let refused = feed(&mut control_plane.kubectl(&["apply", "--dry-run=server", "-f", "-"]), &pod.to_string());
    assert!(text(&refused.stderr).contains("violates PodSecurity \"restricted"), "{}", text(&refused.stderr));
}

/// podwright's own content is not in the manifests, so applying them again keeps it.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn applying_it_again_keeps_the_certificates_and_uninstall_takes_all_of_it_away() {
    let control_plane = control_plane();
    let run = |arguments: &[&str]| control_plane.run(arguments).unwrap_or_else(|error| panic!("{error}"));
    apply(&control_plane, &podwright(&["install"]), &[]);
    let secret = ["secret", "podwright-tls", "-n", "podwright-system"];
    run(&[&["patch"], &secret[..], &["-p", r#"{"stringData": {"tls.crt": "written"}}"#]].concat());
    let configuration = ["validatingwebhookconfiguration", "00-podwright"];
    let webhook = json!({"name": "workloads.podwright.dev", "clientConfig": {"caBundle": bundle()}});
    run(&[&["patch"], &configuration[..], &["-p", &json!({"webhooks": [webhook]}).to_string()]].concat());

    apply(&control_plane, &podwright(&["install", "--replicas", "3"]), &[]);
    let kept = run(&[&["get"], &secret[..], &["-o", "jsonpath={.data}"]].concat());
    assert!(kept.contains("tls.crt"), "{kept}");
    let trusted = ["-o", "jsonpath={.webhooks[0].clientConfig.caBundle}"];
    assert_eq!(run(&[&["get"], &configuration[..], &trusted].concat()), bundle());

    may_what_it_needs_and_nothing_else(&control_plane);

    let names = podwright(&["uninstall"]);
    let mut delete = control_plane.kubectl(&["delete", "--ignore-not-found", "--wait=false", "-f", "-"]);
    let deleted = text(&feed(&mut delete, &names).stdout);
    let lines: Vec<&str> = deleted.lines().collect();
    assert!(lines[..2].iter().all(|line| line.contains("webhookconfiguration")), "{deleted}");
    assert!(lines.last().unwrap().starts_with("namespace "), "{deleted}");
    assert_eq!(lines.len(), objects(&podwright(&["install"])).len(), "{deleted}");
    let again = feed(&mut control_plane.kubectl(&["delete", "--ignore-not-found", "--wait=false", "-f", "-"]), &names);
    assert!(again.status.success(), "{}", text(&again.stderr));
    let left = "mutatingwebhookconfigurations,validatingwebhookconfigurations,validatingadmissionpolicies,\
                validatingadmissionpolicybindings,clusterroles,clusterrolebindings,roles,\
                rolebindings,secrets,configmaps,serviceaccounts,services,deployments,networkpolicies,\
                poddisruptionbudgets,resourcequotas";
    assert_eq!(run(&["get", left, "-A", "-l", "app.kubernetes.io/name=podwright", "-o", "name"]), "");
}

/// A certificate in the form of `caBundle`.
pub(crate) fn bundle() -> String {
    static BUNDLE: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let make = || {
        let folder = Scratch::new().unwrap();
        podwright(&["certs", "--out", folder.path().to_str().unwrap()]);
        let pem = fs::read(folder.path().join("ca.crt")).unwrap();
        serde_json::to_value(k8s_openapi::ByteString(pem)).unwrap().as_str().unwrap().to_owned()
    };
    BUNDLE.get_or_init(make).clone()
}

/// No podwright runs, so every call fails. The test shows which requests that affects.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_30_without_podwright_only_those_that_opted_in_are_concerned() {
    let control_plane = ControlPlane::start().unwrap_or_else(|error| panic!("{error}"));
    for namespace in ["podwright-system", "shop"] {
        control_plane.create_namespace(namespace).unwrap();
    }
    control_plane.run(&["create", "serviceaccount", "default", "-n", "kube-system"]).unwrap();
    let configuration = |flags: &[&str]| {
        let all = objects(&podwright(&[&["install"], flags].concat()));
        all.into_iter().find(|object| object["kind"] == "MutatingWebhookConfiguration").unwrap().to_string()
    };
    let created = |namespace: &str, annotations: &[(&str, &str)]| {
        let mut pod = pod("one", annotations);
        pod["metadata"]["namespace"] = json!(namespace);
        let create = ["create", "--dry-run=server", "-f", "-"];
        let said = feed(&mut control_plane.kubectl(&create), &pod.to_string());
        if said.status.success() { Ok(()) } else { Err(text(&said.stderr)) }
    };
    let asks = [("podwright.dev/inject", "true")];

    apply(&control_plane, &configuration(&["--strict"]), &[]);
    let deadline = Instant::now() + Duration::from_secs(30);
    let refused = loop {
        match created("shop", &asks) {
            Err(refused) => break refused,
            Ok(()) => assert!(Instant::now() < deadline, "the configuration is not in force after 30 s"),
        }
        sleep(Duration::from_millis(100));
    };
    assert!(refused.contains("failed calling webhook \"pods.podwright.dev\""), "{refused}");
    assert_eq!(created("shop", &[]), Ok(()));
    assert_eq!(created("shop", &[("podwright.dev/inject", "false")]), Ok(()));
    assert_eq!(created("podwright-system", &asks), Ok(()));
    assert_eq!(created("kube-system", &asks), Ok(()));

    apply(&control_plane, &configuration(&[]), &[]);
    let deadline = Instant::now() + Duration::from_secs(30);
    while let Err(refused) = created("shop", &asks) {
        assert!(Instant::now() < deadline, "Ignore is not in force after 30 s: {refused}");
        sleep(Duration::from_millis(100));
    }
    // Alerts use these counters with the webhook's name.
    let metrics = control_plane.run(&["get", "--raw=/metrics"]).unwrap();
    let missed = |line: &str| line.contains("name=\"pods.podwright.dev\"") && !line.ends_with(" 0");
    assert!(metrics.contains("error_type=\"calling_webhook_error\""), "a word of an alert");
    for counter in &OF_API_SERVERS {
        let line = metrics.lines().find(|line| line.starts_with(&format!("{}{{", counter.name)) && missed(line));
        let line = line.unwrap_or_else(|| panic!("{}", counter.name));
        assert!(counter.labels.iter().all(|label| line.contains(&format!("{label}=\""))), "{line}");
    }
}

/// The port on the node equals the port of the listener and the Service's target port.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_40_podwright_can_listen_on_its_nodes_and_on_other_ports() {
    let all = kustomized(&Overlay::of("host-network"));
    let of = |kind: &str| all.iter().find(|object| object["kind"] == kind).unwrap();
    let spec = &of("Deployment")["spec"]["template"]["spec"];
    assert_eq!(spec["hostNetwork"], true);
    let container = &spec["containers"][0];
    for (name, flag) in [("webhook", "--bind"), ("admin", "--admin-bind")] {
        let port = container["ports"].as_array().unwrap().iter().find(|port| port["name"] == name).unwrap();
        assert_eq!(port["hostPort"], port["containerPort"]);
        let argument = json!(format!("{flag}=0.0.0.0:{}", port["hostPort"]));
        assert!(container["args"].as_array().unwrap().contains(&argument), "{argument}: {container}");
    }
    assert_eq!(of("Service")["spec"]["ports"][0]["targetPort"], "webhook");
    assert_eq!(container["readinessProbe"]["httpGet"]["port"], "admin");
}

fn may_what_it_needs_and_nothing_else(control_plane: &ControlPlane) {
    let may = |words: &str| {
        let account = ["--as=system:serviceaccount:podwright-system:podwright", "-n", "podwright-system"];
        let asked: Vec<&str> = ["auth", "can-i"].into_iter().chain(words.split(' ')).chain(account).collect();
        text(&control_plane.kubectl(&asked).output().unwrap().stdout).trim() == "yes"
    };
    for verb in ["get", "list", "watch", "patch"] {
        for object in [
            "secrets/podwright-tls",
            "mutatingwebhookconfigurations/00-podwright",
            "validatingwebhookconfigurations/00-podwright",
        ] {
            assert!(may(&format!("{verb} {object}")), "{verb} {object}");
        }
        for object in ["secrets/another", "secrets", "mutatingwebhookconfigurations/another", "pods", "configmaps"] {
            assert!(!may(&format!("{verb} {object}")), "{verb} {object}");
        }
    }
    for words in [
        "create secrets",
        "update secrets/podwright-tls",
        "delete secrets/podwright-tls",
        "create pods",
        "create events.events.k8s.io",
    ] {
        assert!(!may(words), "{words}");
    }
}
