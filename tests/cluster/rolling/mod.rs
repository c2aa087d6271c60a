//! Replicas are replaced under load, as in a rollout, and no admission is lost.
//!
//! With `failurePolicy: Fail` a lost admission is a failed create; with `Ignore` it is a Pod without injection.
//! `balancer.rs` stands in for the Service. The API server, its connections and its retries are real.

mod balancer;
mod replica;

use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use xtask::control_plane::ControlPlane;
use xtask::scratch::Scratch;

use self::balancer::Balancer;
use self::replica::{Replica, pair};
use crate::client::Client;
use crate::pods::{pod, sleeps};
use crate::world::{feed, text};

/// Rounds; each replaces two replicas.
const ROUNDS: usize = 2;
/// Clients: enough that some write while their connection ends.
const CLIENTS: usize = 24;
/// The lame duck, a second of quiet, and time for a busy machine; far below the 30 seconds after which requests are cut
/// off.
const END: Duration = Duration::from_secs(25);

/// The clients' results.
#[derive(Default)]
struct Seen {
    injected: AtomicUsize,
    without: AtomicUsize,
    failed: AtomicUsize,
    over: AtomicBool,
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn no_admission_is_lost_where_replicas_end_under_load() {
    let control_plane = ControlPlane::start().unwrap_or_else(|error| panic!("{error}"));
    let folder = Scratch::new().expect("a folder for temporary files");
    let pair = pair(folder.path());
    let mut replicas = [0, 1].map(|_| Replica::start(&pair));
    let balancer = Balancer::start(&replicas.each_ref().map(Replica::addresses));
    let client = Client::new(&control_plane);
    for policy in ["Fail", "Ignore"] {
        install(&control_plane, &pair.ca, &balancer.url(), policy);
        let opted_in = pod("loaded", &[("podwright.dev/inject", "true")]);
        wait_until("the webhook is called", || is_injected(&client.dry_run("default", &opted_in).body));

        let seen = Seen::default();
        thread::scope(|scope| {
            let over = OverWhenDropped(&seen.over);
            for _ in 0..CLIENTS {
                scope.spawn(|| create(&Client::new(&control_plane), &opted_in, &seen));
            }
            for index in (0..ROUNDS).flat_map(|_| [0, 1]) {
                more_are_injected(&seen);
                replicas[index].ends_well();
                more_are_injected(&seen);
                replicas[index] = Replica::start(&pair);
                balancer.replace(index, replicas[index].addresses());
                wait_until("the new replica is ready", || balancer.is_ready(index));
            }
            more_are_injected(&seen);
            drop(over);
        });
        let [injected, without, failed] =
            [&seen.injected, &seen.without, &seen.failed].map(|count| count.load(Ordering::SeqCst));
        eprintln!("{policy}: {injected} injected, {without} without, {failed} failed");
        let causes = failed_calls(&control_plane.apiserver_log());
        assert_eq!((without, failed), (0, 0), "{policy}: lost, beside {injected} that were not\n{causes}");
    }
}

/// The API server's log says why a call failed; under `Ignore` no client sees it.
fn failed_calls(log: &str) -> String {
    let lines: Vec<_> = log.lines().filter(|line| line.contains("ailed calling webhook")).collect();
    lines.join("\n")
}

/// Ends the clients even if the test fails.
struct OverWhenDropped<'a>(&'a AtomicBool);

impl Drop for OverWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Creates one Pod after another.
fn create(client: &Client, pod: &Value, seen: &Seen) {
    while !seen.over.load(Ordering::SeqCst) {
        let answer = client.dry_run("default", pod);
        let counter = match answer.status {
            201 if is_injected(&answer.body) => &seen.injected,
            201 => &seen.without,
            _ => {
                eprintln!("{}: {}", answer.status, answer.message());
                &seen.failed
            }
        };
        counter.fetch_add(1, Ordering::SeqCst);
    }
}

fn is_injected(pod: &Value) -> bool {
    sleeps(&pod["spec"]["containers"][0])
}

/// Waits for more injected Pods, before and after a replica changes.
fn more_are_injected(seen: &Seen) {
    let before = seen.injected.load(Ordering::SeqCst);
    wait_until("the load goes on", || seen.injected.load(Ordering::SeqCst) > before + 20);
}

fn wait_until(what: &str, happens: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !happens() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The manifests of `podwright install` with this policy.
fn install(control_plane: &ControlPlane, ca: &str, url: &str, policy: &str) {
    let mut printed = Command::new(env!("CARGO_BIN_EXE_podwright"));
    printed.args(["install", "--webhook-url", url, "--ca-file", ca]);
    let printed = printed.output().expect("podwright starts");
    assert!(printed.status.success(), "{}", text(&printed.stderr));
    let manifests = text(&printed.stdout).replace("failurePolicy: Ignore", &format!("failurePolicy: {policy}"));
    assert!(manifests.contains(&format!("failurePolicy: {policy}")), "{manifests}");
    let applied = feed(&mut control_plane.kubectl(&["apply", "-f", "-"]), &manifests);
    assert!(applied.status.success(), "{}", text(&applied.stderr));
}
