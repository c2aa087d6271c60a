//! No shape of a Pod costs much more than a plain Pod of its size, so no tenant can take other tenants' time.
//!
//! Each shape's CPU time is compared with that of a plain Pod of the same size in the same run, per byte of request and
//! response together. The plain Pod has typical containers, injected by its own annotation, as many as its size needs.
//! A shorter shape is padded with a foreign annotation.

mod cost;
mod grammars;
mod lists;
mod page;
mod pairs;
mod pod;
mod texts;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use cost::{Case, Cost, cost, once};
use pod::{Pod, list};
use podwright_core::admission::Route;
use podwright_core::profile::Configuration;
use podwright_core::profile::file::ConfigurationFile;

/// A name, and the Pod of about this many bytes.
pub(crate) type Shape = (&'static str, fn(usize) -> Pod);

/// The most that a shape may cost, in multiples of a plain Pod.
const BOUND: f64 = 30.0;
/// The sizes of the requests. The middle one stops a shape far beyond the bound before it runs for minutes.
const SIZES: [usize; 3] = [60_000, 350_000, 2_000_000];
/// A shape at one size, answered in one way.
struct Row {
    shape: &'static str,
    way: &'static str,
    cost: Cost,
    ratio: f64,
}

/// The path of a review, and podwright's configuration for it.
struct Way {
    name: &'static str,
    route: Route<'static>,
    configuration: Configuration,
}

fn ways() -> [Way; 3] {
    let of_namespace = Route::Namespace { profile: "web" };
    [
        Way { name: "/mutate", route: Route::Pods, configuration: Configuration::default() },
        Way { name: "/mutate/web, large, Warn", route: of_namespace, configuration: large() },
        Way { name: "/check", route: Route::Workloads, configuration: Configuration::default() },
    ]
}

/// As large as a configuration file may be.
fn large() -> Configuration {
    let names = |count, name: &str| (0..count).map(|n| format!("{name}-{n}")).collect::<Vec<_>>().join(", ");
    let variables = (0..128).map(|n| format!("W{n}=limits.memory*50%")).collect::<Vec<_>>().join(", ");
    let profiles: String = (0..200).map(|n| format!("  profile-{n}: {{extends: default}}\n")).collect();
    let command = "a ".repeat(3900);
    let text = format!(
        "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\nonInvalidAnnotation: Warn\n\
         excludeContainers: [{}]\nprofiles:\n  default:\n    downwardEnv: [{variables}]\n    downwardVolume: /etc/podinfo\n    \
         terminationMessagePath: /tmp/message\n    startupProbe: exec:'{command}'\n    readinessProbe: exec:'{command}'\n    \
         livenessProbe: http:/live\n    preStopSleep: 5s\n    terminationGracePeriod: 60s\n    \
         requests: {{cpu: 100m, memory: 128Mi}}\n    limits: {{memory: 128Mi, ephemeral-storage: 1Gi}}\n{profiles}",
        names(256, "excluded"),
    );
    ConfigurationFile::parse(&text).unwrap_or_else(|problems| unreachable!("{problems:?}")).configuration().clone()
}

/// A typical Pod of this size.
fn plain(bytes: usize) -> Pod {
    let container = |n| {
        format!(
            r#"{{"name":"app-{n}","image":"registry.example.com/shop/app-{n}:1.27.3","imagePullPolicy":"IfNotPresent","args":["--config=/etc/app/config.yaml","--log-level=info"],"env":[{{"name":"LOG_LEVEL","value":"info"}},{{"name":"DATABASE_URL","valueFrom":{{"secretKeyRef":{{"name":"database","key":"url"}}}}}}],"ports":[{{"name":"http","containerPort":8080,"protocol":"TCP"}}],"resources":{{"limits":{{"memory":"256Mi"}},"requests":{{"cpu":"100m","memory":"256Mi"}}}},"volumeMounts":[{{"name":"config","mountPath":"/etc/app","readOnly":true}},{{"name":"tmp","mountPath":"/tmp"}}],"livenessProbe":{{"httpGet":{{"path":"/healthz","port":"http","scheme":"HTTP"}},"periodSeconds":10,"timeoutSeconds":1}},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","securityContext":{{"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"capabilities":{{"drop":["ALL"]}}}}}}"#
        )
    };
    let volumes =
        r#""volumes":[{"name":"config","configMap":{"name":"app","defaultMode":420}},{"name":"tmp","emptyDir":{}}]"#;
    Pod::annotated(lists::INJECT).spec(format!(r#""containers":[{}],{volumes}"#, list(bytes, usize::MAX, container)))
}

/// The cost of the plain Pod at each size.
fn baselines(configuration: &Configuration) -> Vec<Cost> {
    let of_size = |bytes| {
        let body = plain(bytes).review();
        let case = Case { body: body.as_bytes(), route: Route::Pods, configuration };
        (0..10).map(|_| once(case)).min_by_key(|cost| cost.cpu).unwrap()
    };
    SIZES.into_iter().map(of_size).collect()
}

#[test]
fn no_shape_costs_much_more_than_a_plain_pod_of_its_size() {
    let ways = ways();
    let plain = baselines(&ways[0].configuration);
    let only = std::env::var("SHAPE").unwrap_or_default();
    let shapes = [lists::SHAPES, grammars::SHAPES, pairs::SHAPES, texts::SHAPES].concat();
    let shapes: Vec<Shape> = shapes.into_iter().filter(|(name, _)| name.contains(&only)).collect();
    let (next, rows) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let measure = || {
        while let Some(shape) = shapes.get(next.fetch_add(1, Ordering::Relaxed)) {
            let of_shape = rows_of(shape, &ways, &plain);
            rows.lock().unwrap().extend(of_shape);
        }
    };
    std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(measure))));
    let mut rows = rows.into_inner().unwrap();
    rows.sort_by(|a, b| b.ratio.total_cmp(&a.ratio));
    print(&rows, &plain);
    // The page's figures come from a release build.
    if std::env::var_os("UPDATE_GOLDEN").is_some() && !cfg!(debug_assertions) {
        page::update(&page::section(&rows, shapes.len()));
    }
    let beyond = rows.iter().filter(|row| row.ratio > BOUND).count();
    assert_eq!(beyond, 0, "rows beyond {BOUND}");
}

/// Measures a shape in every way, size by size; at the largest size only in the most expensive way so far. A way ends
/// once it exceeds the bound.
fn rows_of(shape: &Shape, ways: &[Way], plain: &[Cost]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut left: Vec<&Way> = ways.iter().collect();
    for (bytes, plain) in SIZES.into_iter().zip(plain) {
        if bytes == SIZES[2] {
            let dearest = rows.iter().rev().take(left.len()).max_by(|a, b| a.ratio.total_cmp(&b.ratio));
            left.retain(|way| dearest.is_some_and(|row| row.way == way.name));
        }
        let of_size: Vec<Row> = left.iter().map(|way| row(shape, way, (bytes, plain))).collect();
        left.retain(|way| of_size.iter().any(|row| row.way == way.name && row.ratio <= BOUND));
        rows.extend(of_size);
    }
    rows
}

fn row((shape, pod): &Shape, Way { name, route, configuration }: &Way, (bytes, plain): (usize, &Cost)) -> Row {
    let pod = pod(bytes).padded(bytes);
    let body = if matches!(route, Route::Workloads) { pod.review_of_deployment() } else { pod.review() };
    let case = Case { body: body.as_bytes(), route: *route, configuration };
    let cost = cost(case, plain.per_byte() * BOUND);
    let row = Row { shape, way: name, cost, ratio: cost.per_byte() / plain.per_byte() };
    if std::env::var_os("SHAPE").is_some() {
        println!("{row}");
    }
    row
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { shape, way, cost: Cost { cpu, bytes, outcome }, ratio } = self;
        let cpu = cpu.as_secs_f64() * 1e3;
        write!(f, "{ratio:>8.1} {bytes:>9} bytes {cpu:>9.1} ms {outcome:<9} {way:<29} {shape}")
    }
}

fn print(rows: &[Row], plain: &[Cost]) {
    for Cost { cpu, bytes, outcome } in plain {
        println!("a plain Pod: {bytes} bytes, {:.1} ms, {outcome}", cpu.as_secs_f64() * 1e3);
    }
    rows.iter().for_each(|row| println!("{row}"));
}
