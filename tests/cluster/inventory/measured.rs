//! The time and the memory of an inventory of many Pods. Prints the figures of docs/performance.md:
//! `PODWRIGHT_PODS=20000 cargo xtask test --test cluster inventory::measured -- --nocapture`.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

use super::cast::{configure, owned};
use crate::world::{World, text};

/// Pods and the most memory in KiB.
const PODS: usize = 600;
const MEMORY: u64 = 100 * 1024;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_memory_does_not_grow_with_the_pods() {
    let pods = std::env::var("PODWRIGHT_PODS").map_or(PODS, |pods| pods.parse().unwrap());
    let world = World::start();
    configure(&world, "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\n");
    fill(&world, pods);
    let begun = Instant::now();
    let listed = world.kubectl(&["get", "--raw", "/api/v1/pods?limit=1"]);
    assert!(listed.status.success());
    let (memory, totals, took) = measured(&world);
    let kubectl = Instant::now();
    let all = world.kubectl(&["get", "pods", "-A", "-o", "name"]);
    eprintln!(
        "{pods} Pods: {:.2} s and {} MiB; kubectl get pods -A -o name: {:.2} s ({} names); {:.0} s in all",
        took.as_secs_f64(),
        memory / 1024,
        kubectl.elapsed().as_secs_f64(),
        text(&all.stdout).lines().count(),
        begun.elapsed().as_secs_f64()
    );
    assert_eq!(totals["pods"], pods, "{totals}");
    assert!(memory < MEMORY, "{memory} KiB");
}

/// Creates Pods of Deployments with ten replicas each, with the fields of running Pods.
fn fill(world: &World, pods: usize) {
    world.namespace("many");
    std::thread::scope(|scope| {
        for part in 0..8 {
            scope.spawn(move || (part..pods).step_by(8).for_each(|n| create(world, n)));
        }
    });
}

fn create(world: &World, n: usize) {
    let owner = json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": format!("web-{}", n / 10)});
    let mut pod = owned(&format!("web-{}-{n}", n / 10), &owner);
    pod["metadata"]["annotations"] = json!({"podwright.dev/profile": "web", "note": "x".repeat(1_000)});
    pod["spec"]["containers"][0]["ports"] = json!([{"name": "http", "containerPort": 8080}]);
    world.client.create("many", &pod).pod();
}

/// Runs the inventory; returns its peak memory in KiB, its totals and its time.
fn measured(world: &World) -> (u64, Value, std::time::Duration) {
    let begun = Instant::now();
    let mut command = Command::new(program());
    command.args(["inventory", "-A", "-o", "json", "--kubeconfig"]).arg(world.control_plane.kubeconfig());
    let mut child = command.stdout(Stdio::piped()).spawn().expect("podwright starts");
    let status = format!("/proc/{}/status", child.id());
    let reader = child.stdout.take().map(|mut stdout| {
        std::thread::spawn(move || {
            let mut json = String::new();
            stdout.read_to_string(&mut json).expect("text");
            json
        })
    });
    let mut memory = 0;
    while child.try_wait().expect("a child").is_none() {
        memory = memory.max(peak(&status));
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let took = begun.elapsed();
    let json = reader.expect("piped").join().expect("read");
    (memory, serde_json::from_str::<Value>(&json).expect("JSON")["totals"].clone(), took)
}

/// The binary to measure; a release build by `PODWRIGHT`.
fn program() -> String {
    std::env::var("PODWRIGHT").unwrap_or_else(|_| env!("CARGO_BIN_EXE_podwright").to_owned())
}

fn peak(status: &str) -> u64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}
