//! What the matchConditions cost the API server on the Pods that cost it most.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::pods::pod;
use crate::world::{World, text, world};

/// The API server's limit for keys and values together.
const ANNOTATIONS: usize = 256 * 1024;
/// Above so many annotations a Pod is sent unlooked at; the manifest says why.
const LOOKED_AT: usize = 1000;
/// The server needs about eight seconds for the managed fields of so many annotations, without any webhook.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn the_dearest_pod_that_is_looked_at_is_within_the_cel_cost_limit() {
    // 262 characters, of which the prefix may have 253 and the name 63.
    let prefix = format!("{0}.{0}.{0}.example", "a".repeat(63));
    let length = ANNOTATIONS / LOOKED_AT - prefix.len() - 1;
    let key = |number: usize| format!("{prefix}/{number:0length$}");
    let keys: Vec<_> = (0..LOOKED_AT).map(key).collect();
    let sent = dry_run(world(), "cel-long-keys", &keys);
    assert!(sent.is_empty(), "it asked for nothing and was sent to {sent:?}");
}

#[test]
fn a_pod_of_the_shortest_keys_neither_exceeds_the_limit_nor_keeps_the_server_busy() {
    let keys = shortest_keys();
    assert!(keys.len() > 88_000, "{}", keys.len());
    let sent = dry_run(world(), "cel-short-keys", &keys);
    // Looking at all of them takes half a minute, and no other Pod of these tests takes long.
    let seconds = evaluated(world());
    assert!(seconds < 5.0, "conditions were evaluated for {seconds} s");
    assert_eq!(sent, ["pods.podwright.dev"], "more than {LOOKED_AT} annotations are not looked at");
}

/// The webhooks it was sent to; a condition that failed would be counted by the server and, under `Ignore`, be silent.
fn dry_run(world: &'static World, name: &str, keys: &[String]) -> Vec<String> {
    let mut pod = pod(name, &[]);
    pod["metadata"]["annotations"] = keys.iter().map(|key| (key.clone(), json!(""))).collect::<Map<_, _>>().into();
    within(PATIENCE, move || world.client.dry_run("default", &pod).pod());
    assert_eq!(failed_conditions(world), Vec::<String>::new());
    let events = world.audit_of(name);
    assert_eq!(events.len(), 1, "the Pod is in the audit log once");
    let annotations = events[0]["annotations"].as_object().cloned().unwrap_or_default();
    let calls = annotations.iter().filter(|(key, _)| key.starts_with("mutation.webhook.admission.k8s.io/"));
    calls.filter_map(|(_, call)| webhook(call)).collect()
}

/// A server that is kept busy answers 504 after half a minute, and the client tries again and again.
fn within<T: Send + 'static>(time: Duration, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, result) = mpsc::channel();
    thread::spawn(move || done.send(work()));
    result.recv_timeout(time).unwrap_or_else(|error| panic!("the Pod was not admitted within {time:?}: {error}"))
}

fn webhook(call: &Value) -> Option<String> {
    serde_json::from_str::<Value>(call.as_str()?).ok()?["webhook"].as_str().map(str::to_owned)
}

fn failed_conditions(world: &World) -> Vec<String> {
    metrics(world, "apiserver_admission_match_condition_evaluation_errors_total")
}

/// For how long this server evaluated conditions, in all.
fn evaluated(world: &World) -> f64 {
    let sums = metrics(world, "apiserver_admission_match_condition_evaluation_seconds_sum");
    assert!(!sums.is_empty(), "the metric is called otherwise");
    sums.iter().map(|line| line.rsplit(' ').next().expect("a value").parse::<f64>().expect("a number")).sum()
}

fn metrics(world: &World, name: &str) -> Vec<String> {
    let told = world.kubectl(&["get", "--raw", "/metrics"]);
    assert!(told.status.success(), "{}", text(&told.stderr));
    text(&told.stdout).lines().filter(|line| line.starts_with(name)).map(str::to_owned).collect()
}

/// As many keys as 256 KiB hold: one to three characters each, in both cases (the server takes them so).
fn shortest_keys() -> Vec<String> {
    let ends: Vec<char> = ('a'..='z').chain('A'..='Z').chain('0'..='9').collect();
    let middles: Vec<char> = ends.iter().copied().chain(['-', '_', '.']).collect();
    let pairs = ends.iter().flat_map(|first| ends.iter().map(move |last| format!("{first}{last}")));
    let triples = ends.iter().flat_map(|first| {
        let middles = &middles;
        let ends = &ends;
        middles.iter().flat_map(move |middle| ends.iter().map(move |last| format!("{first}{middle}{last}")))
    });
    let mut left = ANNOTATIONS;
    let fits = |key: &String| {
        left = left.saturating_sub(key.len());
        left >= 3
    };
    ends.iter().map(char::to_string).chain(pairs).chain(triples).take_while(fits).collect()
}
