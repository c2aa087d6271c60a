//! The cost of the matchConditions for the API server, on the most expensive Pods and workloads.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::pods::pod;
use crate::workloads::{Collection, kind, template_metadata, workload};
use crate::world::{World, text, world};

const WORKLOADS: &str = include_str!("../../manifests/validatingwebhookconfiguration.yaml");

/// The API server's limit for all keys and values together, in bytes.
const ANNOTATIONS: usize = 256 * 1024;
/// A Pod with more annotations is sent without evaluation; the manifest says why.
const LOOKED_AT: usize = 1000;
/// A map of a workload with more keys is not evaluated; the manifest says why.
const LOOKED_AT_IN_A_WORKLOAD: usize = 250;
/// The API server takes about eight seconds for the managed fields of so many annotations, without any webhook.
const PATIENCE: Duration = Duration::from_secs(180);

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_dearest_pod_that_is_looked_at_is_within_the_cel_cost_limit() {
    let sent = dry_run(world(), "cel-long-keys", &long_keys(LOOKED_AT));
    assert!(sent.is_empty(), "it asked for nothing and was sent to {sent:?}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_pod_of_the_shortest_keys_neither_exceeds_the_limit_nor_keeps_the_server_busy() {
    let keys = shortest_keys();
    assert!(keys.len() > 88_000, "{}", keys.len());
    let sent = dry_run(world(), "cel-short-keys", &keys);
    // Evaluating all of them takes half a minute. No other Pod of these tests takes long.
    let seconds = evaluated(world());
    assert!(seconds < 5.0, "conditions were evaluated for {seconds} s");
    assert_eq!(sent, ["pods.podwright.dev"], "more than {LOOKED_AT} annotations are not looked at");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_dearest_workload_that_is_looked_at_costs_less_than_a_third_of_the_limit() {
    let cron_job = full_of("cel-dearest", &long_keys(LOOKED_AT_IN_A_WORKLOAD));
    costs_less_than_a_third(0, "cel-cost", || dry_run_workload(&cron_job));
}

/// For podwright's own, unchanged keys, the expression also compares the values.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_dearest_change_of_a_pod_costs_less_than_a_third_of_the_limit() {
    world().namespace("cel-update");
    let keys = long_keys(LOOKED_AT_IN_A_WORKLOAD - 1);
    let ours = keys.iter().map(|key| key.replacen("a.example", ".podwright.dev", 1));
    let map = |keys: &mut dyn Iterator<Item = String>, value: &str| -> Map<String, Value> {
        keys.map(|key| (key, json!(value))).collect()
    };
    for (name, annotations, value) in
        [("others", map(&mut keys.iter().cloned(), ""), "v"), ("ours", map(&mut ours.clone(), &"v".repeat(700)), "v")]
    {
        let mut object = pod(name, &[]);
        object["metadata"]["annotations"] = json!({"podwright.dev/inject": "false"});
        assert_eq!(world().client.create("cel-update", &object).status, 201);
        let path = format!("PATCH /api/v1/namespaces/cel-update/pods/{name}");
        let mut labels = map(&mut keys.iter().cloned(), value);
        labels.insert("cel-update".to_owned(), json!(""));
        let metadata = json!({"annotations": annotations, "labels": labels});
        assert_eq!(world().client.send(&path, &json!({"metadata": metadata})).status, 200);
        let mut turn = false;
        costs_less_than_a_third(2, "cel-update", || {
            turn = !turn;
            let change =
                json!({"metadata": {"annotations": {"z": turn.to_string()}, "labels": {"z": turn.to_string()}}});
            let answer = world().client.send(&path, &change);
            assert_eq!(answer.status, 200, "{}", answer.body);
        });
    }
}

/// Puts the expression into one three times. The API server accepts that only if each stays below a third of the cost
/// limit.
fn costs_less_than_a_third(webhook: usize, label: &str, mut request: impl FnMut()) {
    let name = format!("{label}.example.com");
    let mut configuration: Value = serde_saphyr::from_str(WORKLOADS).expect("YAML");
    configuration["metadata"]["name"] = json!(label);
    let mut webhook = configuration["webhooks"][webhook].take();
    webhook["name"] = json!(name);
    webhook["clientConfig"] = json!({"url": "https://127.0.0.1:1/"});
    webhook["objectSelector"] = json!({"matchLabels": {label: ""}});
    for condition in webhook["matchConditions"].as_array_mut().expect("conditions") {
        let expression = condition["expression"].as_str().expect("an expression");
        condition["expression"] = json!(format!("[1, 2, 3].all(n, !({expression}) || n > 0) && false"));
    }
    configuration["webhooks"] = json!([webhook]);
    let applied = world().apply(&configuration, &[]);
    assert!(applied.status.success(), "{}", text(&applied.stderr));
    let counted = || metrics(world(), "apiserver_admission_match_condition_evaluation_seconds_count");
    let of_this = || counted().into_iter().filter(|line| line.contains(&name)).collect::<Vec<_>>();
    let (before, deadline) = (of_this(), Instant::now() + PATIENCE);
    while of_this() == before {
        assert!(Instant::now() < deadline, "its conditions were never evaluated");
        until_no_condition_fails(&mut request);
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_workload_of_the_shortest_keys_does_not_keep_the_server_busy() {
    let cron_job = full_of("cel-shortest", &shortest_keys());
    until_no_condition_fails(|| dry_run_workload(&cron_job));
    let seconds = evaluated(world());
    assert!(seconds < 5.0, "conditions were evaluated for {seconds} s");
}

/// A CronJob with all these keys in each evaluated map; labels hold as many as the API allows.
fn full_of(name: &str, keys: &[String]) -> Value {
    let kind = kind("CronJob");
    let map = |count: usize| keys.iter().take(count).map(|key| (key.clone(), json!(""))).collect::<Map<_, _>>();
    let mut labels = map(LOOKED_AT_IN_A_WORKLOAD - 1);
    labels.insert("cel-cost".to_owned(), json!(""));
    let metadata = json!({"name": name, "annotations": map(keys.len()), "labels": labels});
    let mut cron_job = workload(kind, name, &[]);
    cron_job["spec"]["jobTemplate"]["metadata"] = metadata.clone();
    *template_metadata(kind, &mut cron_job) = metadata.clone();
    cron_job["metadata"] = metadata;
    cron_job
}

fn dry_run_workload(cron_job: &Value) {
    let (object, path) = (cron_job.clone(), Collection::of(kind("CronJob")).path("default"));
    let answer = within(PATIENCE, move || world().client.send(&format!("POST {path}?dryRun=All"), &object));
    assert_eq!((answer.status, answer.warnings), (201, Vec::new()), "{}", answer.body);
}

/// The webhooks that got the Pod. The API server counts a failed condition and, with `Ignore`, hides it.
fn dry_run(world: &'static World, name: &str, keys: &[String]) -> Vec<String> {
    let mut pod = pod(name, &[]);
    pod["metadata"]["annotations"] = keys.iter().map(|key| (key.clone(), json!(""))).collect::<Map<_, _>>().into();
    until_no_condition_fails(|| {
        let pod = pod.clone();
        within(PATIENCE, move || world.client.dry_run("default", &pod).pod())
    });
    let event = world.audit_of(name).pop().expect("the Pod is in the audit log");
    let annotations = event["annotations"].as_object().cloned().unwrap_or_default();
    let calls = annotations.iter().filter(|(key, _)| key.starts_with("mutation.webhook.admission.k8s.io/"));
    calls.filter_map(|(_, call)| webhook(call)).collect()
}

/// A busy API server answers 504 after half a minute, and the client retries.
fn within<T: Send + 'static>(time: Duration, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, result) = mpsc::channel();
    thread::spawn(move || done.send(work()));
    result.recv_timeout(time).unwrap_or_else(|error| panic!("the Pod was not admitted within {time:?}: {error}"))
}

fn webhook(call: &Value) -> Option<String> {
    serde_json::from_str::<Value>(call.as_str()?).ok()?["webhook"].as_str().map(str::to_owned)
}

/// Repeats a request until no condition fails. A condition beyond the cost limit fails every time. On a busy machine, a request can
/// also end during a condition, after half a minute.
fn until_no_condition_fails<T>(mut request: impl FnMut() -> T) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let before = failed_conditions(world());
        let answer = request();
        let after = failed_conditions(world());
        if after == before {
            return answer;
        }
        assert!(Instant::now() < deadline, "conditions fail: {after:?}");
    }
}

fn failed_conditions(world: &World) -> Vec<String> {
    metrics(world, "apiserver_admission_match_condition_evaluation_errors_total")
}

/// The total time in which this API server evaluated conditions that were false; it measures no others.
fn evaluated(world: &World) -> f64 {
    // At least one evaluation makes the metric exist.
    world.client.dry_run("default", &pod("cel-silent", &[])).pod();
    let sums = metrics(world, "apiserver_admission_match_condition_evaluation_seconds_sum");
    assert!(!sums.is_empty(), "the metric is called otherwise");
    sums.iter().map(|line| line.rsplit(' ').next().expect("a value").parse::<f64>().expect("a number")).sum()
}

fn metrics(world: &World, name: &str) -> Vec<String> {
    let told = world.kubectl(&["get", "--raw", "/metrics"]);
    assert!(told.status.success(), "{}", text(&told.stderr));
    text(&told.stdout).lines().filter(|line| line.starts_with(name)).map(str::to_owned).collect()
}

/// Keys of 262 characters: a prefix of 253 and a name of up to 63. About 1,000 of them fit into 256 KiB.
fn long_keys(count: usize) -> Vec<String> {
    let prefix = format!("{0}.{0}.{0}.example", "a".repeat(63));
    let length = ANNOTATIONS / LOOKED_AT - prefix.len() - 1;
    (0..count).map(|number| format!("{prefix}/{number:0length$}")).collect()
}

/// As many keys as fit into 256 KiB: one to three characters each, in both cases.
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
