//! The cost of one review, bytes to bytes, on one core: `cargo bench`.
//!
//! `containers/N`: a Pod of N containers, each with all settings of the profile `default`. `annotations/SIZE`: a Pod
//! with foreign annotations of that size, which podwright skips. `untouched`: a Pod that does not opt in. `controller/N`: the
//! second read of a review with N containers, for its owner. Only `--events` needs it. Growth must be linear: elements per
//! second are containers per second.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use podwright_core::admission::{AnswerKind, PodController, Route, answer};
use podwright_core::profile::Configuration;
use serde_json::{Value, json};

const CONTAINERS: [usize; 4] = [1, 10, 100, 400];
const BYTES: [usize; 4] = [1024, 64 * 1024, 256 * 1024, 896 * 1024];

fn container(number: usize) -> Value {
    json!({
        "name": format!("container-{number}"),
        "image": "registry.example.com/shop:3.1.0",
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "env": [{"name": "LOG_LEVEL", "value": "info"}],
        "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}},
        "volumeMounts": [{"name": "token", "readOnly": true, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}],
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
    })
}

fn review(annotations: &Value, containers: usize) -> Vec<u8> {
    let containers: Vec<Value> = (0..containers).map(container).collect();
    let owner = json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "shop-7d9c5bbf4", "uid": "0c4f", "controller": true});
    let metadata = json!({
        "generateName": "shop-", "namespace": "default", "annotations": annotations, "ownerReferences": [owner],
    });
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {
        "containers": containers, "volumes": [{"name": "token", "emptyDir": {}}],
        "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
    }});
    let kind = json!({"group": "", "version": "v1", "kind": "Pod"});
    let uid = "705ab4f5-6393-11e8-b7cc-42010a800002";
    let request = json!({"uid": uid, "kind": kind, "operation": "CREATE", "namespace": "default", "object": pod});
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}).to_string().into_bytes()
}

fn measure(criterion: &mut Criterion, (group, expected): (&str, AnswerKind), cases: &[(usize, Throughput, Vec<u8>)]) {
    let configuration = Configuration::default();
    let mut benchmarks = criterion.benchmark_group(group);
    for (parameter, throughput, review) in cases {
        // Checks the answer first: a skipped review would be fast.
        let outcome = answer(review, Route::Pods, &configuration).map(|answer| answer.outcome);
        assert_eq!(outcome.ok(), Some(expected), "{group}/{parameter}");
        benchmarks.throughput(throughput.clone());
        benchmarks.bench_with_input(BenchmarkId::from_parameter(parameter), review, |bencher, review| {
            bencher.iter(|| answer(black_box(review), Route::Pods, &configuration));
        });
    }
    benchmarks.finish();
}

fn injection(criterion: &mut Criterion) {
    let asks = json!({"podwright.dev/profile": "default"});
    let containers = CONTAINERS.map(|number| (number, Throughput::Elements(number as u64), review(&asks, number)));
    measure(criterion, ("containers", AnswerKind::Patched), &containers);
    let annotations = BYTES.map(|bytes| {
        let asks = json!({"podwright.dev/profile": "default", "example.com/other": "x\"".repeat(bytes / 3)});
        (bytes, Throughput::Bytes(bytes as u64), review(&asks, 1))
    });
    measure(criterion, ("annotations", AnswerKind::Patched), &annotations);
    let plain = review(&json!({"example.com/other": "x"}), 1);
    measure(criterion, ("untouched", AnswerKind::Unchanged), &[(1, Throughput::Elements(1), plain)]);
    let mut controllers = criterion.benchmark_group("controller");
    for number in [1, 100] {
        let review = review(&asks, number);
        assert!(PodController::of(&review).is_some());
        controllers.throughput(Throughput::Elements(number as u64));
        controllers.bench_with_input(BenchmarkId::from_parameter(number), &review, |bencher, review| {
            bencher.iter(|| PodController::of(black_box(review)));
        });
    }
    controllers.finish();
}

criterion_group!(benches, injection);
criterion_main!(benches);
