//! The time and the memory of an inventory of many Pods. Prints the figures of docs/performance.md:
//! `PODWRIGHT_PODS=20000 cargo xtask test --test cluster inventory::measured -- --nocapture`.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

use super::cast::{configure, owned};
use crate::world::World;

/// Pods and the most memory in KiB.
const PODS: usize = 600;
const MEMORY: u64 = 100 * 1024;
const ROUNDS: usize = 3;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_memory_does_not_grow_with_the_pods() {
    let pods = std::env::var("PODWRIGHT_PODS").map_or(PODS, |pods| pods.parse().unwrap());
    let world = World::start();
    configure(&world, "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\n");
    fill(&world, pods);
    let runs = std::array::from_fn::<_, ROUNDS, _>(|_| [inventory(&world), kubectl(&world)]);
    let [own, kubectl] = [0, 1].map(|which| {
        let mut runs: Vec<&Run> = runs.iter().map(|run| &run[which]).collect();
        runs.sort_by_key(|run| run.took);
        (runs[ROUNDS / 2].took.as_secs_f64(), runs.iter().map(|run| run.memory).max().unwrap_or_default() / 1024)
    });
    eprintln!(
        "{pods} Pods: podwright inventory -A -o json {:.2} s, at most {} MiB; kubectl get pods -A -o name {:.2} s, at most {} \
         MiB; ratio of the times {:.2}",
        own.0,
        own.1,
        kubectl.0,
        kubectl.1,
        own.0 / kubectl.0
    );
    for [own, kubectl] in &runs {
        let document: Value = serde_json::from_str(&own.stdout).expect("JSON");
        assert_eq!((&document["totals"]["pods"], &document["totals"]["injected"]), (&json!(pods), &json!(pods)));
        assert_eq!(kubectl.stdout.lines().count(), pods);
        assert!(own.memory < MEMORY, "{} KiB", own.memory);
    }
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

/// A program's output, its peak memory in KiB, and its time.
struct Run {
    stdout: String,
    memory: u64,
    took: std::time::Duration,
}

fn inventory(world: &World) -> Run {
    let mut command = Command::new(program());
    command.args(["inventory", "-A", "-o", "json", "--kubeconfig"]).arg(world.control_plane.kubeconfig());
    run(command)
}

fn kubectl(world: &World) -> Run {
    run(world.control_plane.kubectl(&["get", "pods", "-A", "-o", "name"]))
}

fn run(mut command: Command) -> Run {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let reader = child.stdout.take().map(|mut stdout| {
        std::thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).expect("text");
            text
        })
    });
    let mut memory = 0;
    while child.try_wait().expect("a child").is_none() {
        memory = memory.max(peak(&status));
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let took = begun.elapsed();
    Run { stdout: reader.expect("piped").join().expect("read"), memory, took }
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
