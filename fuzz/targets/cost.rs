//! Searches for the most expensive review per byte: recipes of large Pods, whose CPU time is compared with that of a
//! plain Pod.
//!
//! CPU time varies, so the bound is three times that of `core/tests/core/shapes/`, and an input fails only if several
//! runs all exceed it. In CI the inputs do not depend on time. In a random run they do: an input that costs more than
//! all previous ones counts as new, so the search climbs.
#![no_main]

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use podwright_core::admission::{Route, answer};
use podwright_core::profile::Configuration;
use podwright_fuzz::{recipe, setup};
use rustix::time::{ClockId, clock_gettime};

/// The most that an input may cost, in multiples of a plain Pod of the same size.
const BOUND: f64 = 100.0;
/// The size that a shorter request counts as: it does not cost less.
const LEAST: usize = 60_000;
/// The runs of a suspicious input.
const RUNS: usize = 10;
/// The most bytes of a response: a mebibyte of patch as base64, and the warnings.
const RESPONSE: usize = 1_500_000;

/// Nanoseconds for each byte of a plain Pod's request and response.
static PLAIN: LazyLock<f64> = LazyLock::new(|| {
    let recipe = r#"annotation 1 "podwright.dev/inject":"true"
container 1 "name":"app","image":"registry.example.com/shop/app:1.27.3","args":["--config=/etc/app/config.yaml"],"resources":{"limits":{"memory":"256Mi"},"requests":{"cpu":"100m"}},"livenessProbe":{"httpGet":{"path":"/healthz","port":"http"}}
env 5 {"name":"VARIABLE_#","value":"https://database.example.com/shop"}
ports 1 {"name":"http","containerPort":8080,"protocol":"TCP"}
volumeMounts 2 {"name":"config","mountPath":"/etc/app-#","readOnly":true}
again 200 .
volume 1 {"name":"config","configMap":{"name":"app","defaultMode":420}}"#;
    let body = review("", "Pod", &recipe::pod(recipe));
    let configuration = Configuration::default();
    let once = || per_byte(body.as_bytes(), Route::Pods, &configuration);
    (0..RUNS).map(|_| once()).fold(f64::INFINITY, f64::min)
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(recipe) = std::str::from_utf8(bytes) else { return };
    let pod = recipe::pod(recipe);
    let setup = setup::of(bytes);
    let mutate = setup.namespace.map_or(Route::Pods, |profile| Route::Namespace { profile });
    let workload = format!("{{\"spec\":{{\"template\":{pod}}}}}");
    for (route, body) in
        [(mutate, review("", "Pod", &pod)), (Route::Workloads, review("apps", "Deployment", &workload))]
    {
        let once = || per_byte(body.as_bytes(), route, &setup.configuration) / *PLAIN;
        let mut ratio = once();
        for _ in 0..RUNS {
            if ratio > BOUND {
                ratio = ratio.min(once());
            }
        }
        assert!(ratio <= BOUND, "{ratio:.0} times a plain Pod's CPU time on {route:?}:\n{recipe}");
        if std::env::var_os("BY_CHANCE").is_some() {
            climb(ratio);
        }
    }
});

/// Passes an edge more often the more an input costs, which libFuzzer takes for new coverage.
fn climb(ratio: f64) {
    for n in 0..(ratio as u64).min(200) {
        black_box(n);
    }
}

fn per_byte(body: &[u8], route: Route<'_>, configuration: &Configuration) -> f64 {
    let start = thread_cpu();
    let answered = answer(body, route, configuration);
    let cpu = thread_cpu().saturating_sub(start);
    let written = answered.map_or(0, |answer| answer.body.len());
    assert!(written <= RESPONSE, "a response of {written} bytes to {}", String::from_utf8_lossy(body));
    cpu.as_secs_f64() * 1e9 / (body.len().max(LEAST) + written) as f64
}

fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn review(group: &str, kind: &str, object: &str) -> String {
    format!(
        r#"{{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{{"uid":"u-1","operation":"CREATE","kind":{{"group":"{group}","version":"v1","kind":"{kind}"}},"object":{object}}}}}"#
    )
}
