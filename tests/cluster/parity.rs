//! `podwright preview` and the webhook agree: the API server stores the same Pod either way, and a previewed Pod leaves
//! the webhook nothing to do.

use std::process::Command;

use proptest::strategy::{Strategy as _, ValueTree as _};
use serde_json::{Value, json};

use crate::charts;
use crate::features::without_unknown_fields;
use crate::properties::{generate, runner};
use crate::world::{World, feed, text, world};

/// Generated Pods, in addition to the corpus and the golden cases.
const PODS: usize = 300;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn preview_and_the_webhook_come_to_the_same_pod_and_the_same_warnings() {
    compare("parity", &[]);
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_namespace_that_opted_in_is_previewed_as_it_is_served() {
    world().namespace("parity-in");
    world().label("parity-in", "podwright.dev/inject=enabled");
    compare("parity-in", &["--namespace-profile", "default"]);
}

/// Creates the Pods in this namespace and compares them with `podwright preview` and these flags.
fn compare(namespace: &str, flags: &[&str]) {
    let world = world();
    let off = format!("{namespace}-off");
    if namespace == "parity" {
        world.namespace(namespace);
    }
    world.namespace(&off);
    world.label(&off, "podwright.dev/inject=disabled");
    let pods = pods();
    let previewed = previewed(&pods, flags);
    assert_eq!(previewed.len(), pods.len());
    let (mut changed, mut denied) = (0, 0);
    for (pod, Previewed { pod: previewed, warnings, is_denied }) in pods.iter().zip(previewed) {
        let served = world.client.dry_run(namespace, &applied(pod));
        if is_denied {
            denied += 1;
            assert_eq!(served.status, 422, "{pod}\n{}", served.body);
            continue;
        }
        changed += usize::from(previewed != *pod);
        assert_eq!(ours(&served.warnings), warnings, "{pod}");
        let defaulted = world.client.dry_run(&off, &previewed).pod();
        assert_eq!(comparable(served.pod()), comparable(defaulted.clone()), "{pod}");
        let again = world.client.dry_run(namespace, &applied(&previewed)).pod();
        assert_eq!(comparable(again), comparable(defaulted), "{pod}");
    }
    assert!(changed > pods.len() / 2 && denied > 10, "{changed} changed, {denied} denied of {}", pods.len());
}

/// The annotation in which `kubectl apply` keeps the manifest.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The Pod as `kubectl apply` or its controller creates it.
fn applied(pod: &Value) -> Value {
    let mut applied = pod.clone();
    if pod["metadata"].get("ownerReferences").is_some() {
        return applied;
    }
    applied["metadata"]["annotations"][LAST_APPLIED] = pod.to_string().into();
    applied
}

/// podwright's warnings, sorted: preview orders them by place.
fn ours(warnings: &[String]) -> Vec<String> {
    let mut ours: Vec<String> = warnings.iter().filter(|told| told.contains("podwright.dev")).cloned().collect();
    ours.sort();
    ours
}

fn pods() -> Vec<Value> {
    let mut runner = runner();
    let generated = (0..PODS).map(|n| match n % 10 {
        0 => generate::with(generate::annotations::with_wrong()).new_tree(&mut runner).unwrap().current(),
        _ => generate::pod().new_tree(&mut runner).unwrap().current(),
    });
    let corpus = charts::all().into_iter().flat_map(|workload| charts::ASKING.map(|asking| workload.asking(asking)));
    generated.map(without_unknown_fields).chain(corpus).map(nameless).collect()
}

/// One name, no namespace and no ServiceAccount, so that all Pods can go into the same two namespaces.
fn nameless(mut pod: Value) -> Value {
    pod["metadata"]["name"] = json!("parity");
    for (part, field) in [("metadata", "namespace"), ("spec", "serviceAccountName"), ("spec", "serviceAccount")] {
        pod[part].as_object_mut().unwrap().remove(field);
    }
    pod
}

/// The preview of one Pod.
struct Previewed {
    pod: Value,
    warnings: Vec<String>,
    is_denied: bool,
}

fn previewed(pods: &[Value], flags: &[&str]) -> Vec<Previewed> {
    let stream: String = pods.iter().map(|pod| format!("{pod}\n")).collect();
    let run = |output: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podwright"));
        feed(command.args(["preview", "-o", output, "-"]).args(flags), &stream)
    };
    let report = run("report");
    let report: Value =
        serde_json::from_slice(&report.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(&report.stderr)));
    let json = run("json").stdout;
    let pods = serde_json::Deserializer::from_slice(&json).into_iter::<Value>().map(Result::unwrap);
    let said = |(pod, object): (Value, &Value)| {
        let findings = object["findings"].as_array().unwrap().iter();
        let warnings = findings.filter(|finding| finding["level"] == "warning");
        let told = |of: &Value| format!("{} [{}]", of["message"].as_str().unwrap(), of["reason"].as_str().unwrap());
        let warnings: Vec<String> = warnings.map(told).collect();
        Previewed { pod, warnings: ours(&warnings), is_denied: object["result"] == "denied" }
    };
    pods.zip(report["objects"].as_array().unwrap()).map(said).collect()
}

/// The Pod without fields that the API server generates anew, and without the token's volume, whose position varies.
fn comparable(mut pod: Value) -> Value {
    for field in ["creationTimestamp", "uid", "managedFields", "namespace", "generation"] {
        pod["metadata"].as_object_mut().unwrap().remove(field);
    }
    let annotations = &mut pod["metadata"]["annotations"];
    annotations.as_object_mut().and_then(|annotations| annotations.remove(LAST_APPLIED));
    if annotations.as_object().is_none_or(serde_json::Map::is_empty) {
        pod["metadata"].as_object_mut().unwrap().remove("annotations");
    }
    let token = |item: &Value| item["name"].as_str().is_some_and(|name| name.starts_with("kube-api-access-"));
    let spec = &mut pod["spec"];
    without(&mut spec["volumes"], token);
    for list in ["containers", "initContainers"] {
        for container in spec[list].as_array_mut().into_iter().flatten() {
            without(&mut container["volumeMounts"], token);
        }
    }
    pod
}

fn without(list: &mut Value, is: impl Fn(&Value) -> bool) {
    if let Some(items) = list.as_array_mut() {
        items.retain(|item| !is(item));
        if items.is_empty() {
            *list = Value::Null;
        }
    }
}

/// Uses kubectl, as a developer does.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn what_preview_prints_leaves_the_webhook_nothing_to_do() {
    let world: &World = world();
    world.namespace("previewed");
    for example in ["web", "everything"] {
        let file = format!("{}/examples/{example}.yaml", env!("CARGO_MANIFEST_DIR"));
        let printed =
            Command::new(env!("CARGO_BIN_EXE_podwright")).args(["preview", "-o", "yaml", &file]).output().unwrap();
        assert!(printed.status.success(), "{}", text(&printed.stderr));
        let arguments = ["apply", "--dry-run=server", "-n", "previewed", "-f", "-"];
        let applied = feed(&mut world.control_plane.kubectl(&arguments), &text(&printed.stdout));
        assert!(applied.status.success(), "{}", text(&applied.stderr));
        let events = world.audit_of(example);
        let here: Vec<_> = events.iter().filter(|event| event["objectRef"]["namespace"] == "previewed").collect();
        assert!(!here.is_empty(), "{example}");
        for event in here {
            let annotations = event["annotations"].to_string();
            assert!(
                annotations.contains("pods.podwright.dev") && !annotations.contains("patch.webhook"),
                "{annotations}"
            );
        }
    }
}

/// The API server accepts previewed workloads as printed, and their Pods match the preview.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_examples_are_taken_by_the_server_before_and_after() {
    let world = world();
    world.namespace("examples");
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).unwrap() {
        let file = entry.unwrap().path();
        if file.ends_with("configuration.yaml") || file.is_dir() {
            continue;
        }
        let printed =
            Command::new(env!("CARGO_BIN_EXE_podwright")).args(["preview", "-o", "yaml"]).arg(&file).output().unwrap();
        for manifest in [std::fs::read_to_string(&file).unwrap(), text(&printed.stdout)] {
            let arguments = ["apply", "--dry-run=server", "-n", "examples", "-f", "-"];
            let applied = feed(&mut world.control_plane.kubectl(&arguments), &manifest);
            assert!(applied.status.success(), "{}: {}", file.display(), text(&applied.stderr));
            assert_eq!(text(&applied.stderr), "", "{}", file.display());
        }
    }
}
