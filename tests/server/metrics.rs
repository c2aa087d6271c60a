//! `/metrics` as Prometheus reads it: the counts after known requests, a valid format, and no unlimited series from
//! requests.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::Instant;

use hyper::Method;
use podwright::server::metrics::table::{EVENTS, METRICS, MetricKind, RENEWALS, TRUSTED};
use serde_json::{Value, json};
use xtask::scratch::Scratch;

use crate::client::{Client, HTTP_1, HTTP_2, JSON, admin_accepting, asking, pieces, review};
use crate::running::{PATIENCE, Running};

/// The formats that Prometheus accepts.
const PROMETHEUS: &str = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                          application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

/// Series with their labels as written and their values, and the type of each family.
#[derive(Debug)]
pub(crate) struct Scrape {
    pub(crate) samples: BTreeMap<String, f64>,
    types: BTreeMap<String, String>,
}

impl Scrape {
    pub(crate) async fn of(server: &Running) -> Self {
        let answer = admin_accepting(server, "/metrics", PROMETHEUS).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.content_type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
        parse(&answer.body)
    }

    pub(crate) fn value(&self, series: &str) -> f64 {
        *self.samples.get(series).unwrap_or_else(|| panic!("no {series} in {:#?}", self.samples))
    }

    pub(crate) fn with_prefix(&self, prefix: &str) -> impl Iterator<Item = (&String, f64)> {
        self.samples
            .iter()
            .filter(move |(series, _)| series.starts_with(prefix))
            .map(|(series, value)| (series, *value))
    }

    /// The value of `podwright_requests_total` with these labels; zero if absent.
    fn requests(&self, route: &str, outcome: &str, status: &str) -> f64 {
        let labels = format!("route=\"{route}\",outcome=\"{outcome}\",status=\"{status}\"");
        self.samples.get(&format!("podwright_requests_total{{{labels}}}")).copied().unwrap_or_default()
    }

    fn reasons(&self, key: &str, outcome: &str, reason: &str) -> f64 {
        self.value(&format!("podwright_reasons_total{{key=\"{key}\",outcome=\"{outcome}\",reason=\"{reason}\"}}"))
    }
}

/// Strict where it matters: every line has the format, families are contiguous and declared, and the end marker is
/// present.
fn parse(text: &str) -> Scrape {
    let text = text.strip_suffix("# EOF\n").unwrap_or_else(|| panic!("no end: {text}"));
    let mut scrape = Scrape { samples: BTreeMap::new(), types: BTreeMap::new() };
    let mut family = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# ") {
            let (word, rest) = rest.split_once(' ').unwrap();
            let (name, what) = rest.split_once(' ').unwrap();
            match word {
                "HELP" => {
                    family = name.to_owned();
                    assert!(what.ends_with('.') && !what.ends_with(".."), "{line}");
                }
                "TYPE" => assert_eq!(scrape.types.insert(name.to_owned(), what.to_owned()), None, "twice: {line}"),
                "UNIT" => assert!(name.ends_with(&format!("_{what}")), "{line}"),
                _ => panic!("{line}"),
            }
            assert_eq!(name, family, "{line}");
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let suffix = series.split('{').next().unwrap().strip_prefix(&family).unwrap_or_else(|| panic!("{line}"));
        let suffixes: &[&str] = match scrape.types[&family].as_str() {
            "counter" => &["_total"],
            "gauge" => &[""],
            "histogram" => &["_bucket", "_sum", "_count"],
            "info" => &["_info"],
            other => panic!("{other}"),
        };
        assert!(suffixes.contains(&suffix), "{line}");
        let twice = scrape.samples.insert(series.to_owned(), value.parse().unwrap());
        assert_eq!(twice, None, "twice: {line}");
    }
    scrape
}

fn deployment(annotations: &Value) -> String {
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1", "operation": "CREATE",
        "kind": {"group": "apps", "version": "v1", "kind": "Deployment"},
        "object": {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"template": {
            "metadata": {"annotations": annotations}, "spec": {"containers": [{"name": "app", "image": "app"}]}}}}}})
    .to_string()
}

#[tokio::test]
async fn before_the_first_request_the_counters_are_there_with_zeros() {
    let server = Running::start(&[]);
    let scrape = Scrape::of(&server).await;
    for outcome in ["patched", "unchanged", "denied"] {
        let series = format!("podwright_requests_total{{route=\"pods\",outcome=\"{outcome}\",status=\"200\"}}");
        assert_eq!(scrape.value(&series), 0.0);
    }
    for status in ["500", "503", "504"] {
        let series = format!("podwright_requests_total{{route=\"pods\",outcome=\"refused\",status=\"{status}\"}}");
        assert_eq!(scrape.value(&series), 0.0);
    }
    assert_eq!(scrape.value("podwright_injections_total{key=\"pre-stop-sleep\"}"), 0.0);
    assert_eq!(scrape.value("podwright_configuration_stale"), 0.0);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(scrape.value(&format!("podwright_build_info{{version=\"{version}\"}}")), 1.0);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
    assert!(scrape.value("podwright_certificate_expiration_timestamp_seconds") > now);
}

#[tokio::test]
async fn requests_are_counted_by_route_and_outcome() {
    let server = Running::start(&[]);
    let counted = |scrape: &Scrape| scrape.with_prefix("podwright_requests_total").count();
    let from_the_start = counted(&Scrape::of(&server).await);
    let denied = review(&json!({"podwright.dev/pre-stop-sleep": "soon"}));
    let mut bytes = 0;
    for alpn in [HTTP_1, HTTP_2] {
        let mut client = Client::new(&server, alpn).await;
        for body in [asking(), asking(), review(&json!({})), denied.clone(), "{".to_owned()] {
            bytes += body.len();
            client.post("/mutate?timeout=10s", body).await;
        }
        client.post("/mutate/default", review(&json!({}))).await;
        client.post("/mutate/nobody", asking()).await;
        client.post("/check", deployment(&json!({"podwright.dev/pre-stop-sleep": "soon"}))).await;
        client.post("/check", deployment(&json!({}))).await;
        client.post("/nothing/here", asking()).await;
        let (sender, nothing) = pieces();
        drop(sender);
        client.request(Method::GET, "/mutate", JSON, nothing).await;
    }
    let scrape = Scrape::of(&server).await;
    #[rustfmt::skip]
    let expected = [
        ("pods", "patched", "200", 4.0), ("pods", "unchanged", "200", 2.0), ("pods", "denied", "200", 2.0),
        ("pods", "refused", "400", 2.0), ("pods", "refused", "405", 2.0),
        ("namespace", "patched", "200", 2.0), ("namespace", "refused", "404", 2.0),
        ("workloads", "warned", "200", 2.0), ("workloads", "unchanged", "200", 2.0),
        ("other", "refused", "404", 2.0),
    ];
    for (route, outcome, status, count) in expected {
        assert_eq!(scrape.requests(route, outcome, status), count, "{route} {outcome} {status}: {scrape:#?}");
    }
    let requests = scrape.with_prefix("podwright_requests_total");
    assert_eq!(requests.map(|(_, count)| count).sum::<f64>(), 22.0, "nothing else is counted");
    assert_eq!(counted(&scrape), from_the_start, "a series that begins with one has not grown: {scrape:#?}");
    for (route, count) in [("pods", 12.0), ("namespace", 4.0), ("workloads", 4.0), ("other", 2.0)] {
        let duration = |rest: &str| scrape.value(&format!("podwright_request_duration_seconds_{rest}"));
        assert_eq!(duration(&format!("count{{route=\"{route}\"}}")), count);
        assert_eq!(duration(&format!("bucket{{le=\"+Inf\",route=\"{route}\"}}")), count);
        assert!(duration(&format!("sum{{route=\"{route}\"}}")) > 0.0);
    }
    assert_eq!(scrape.value("podwright_request_body_bytes_count{route=\"pods\"}"), 10.0);
    assert_eq!(scrape.value("podwright_request_body_bytes_sum{route=\"pods\"}"), bytes as f64);
}

#[tokio::test]
async fn buckets_grow_and_hold_what_is_below_them() {
    let server = Running::start(&[]);
    let mut client = Client::new(&server, HTTP_2).await;
    for length in [1_000, 5_000, 50_000, 500_000] {
        client.post("/mutate", format!("{}{}", asking(), " ".repeat(length - asking().len()))).await;
    }
    let scrape = Scrape::of(&server).await;
    let of = |le: &str| scrape.value(&format!("podwright_request_body_bytes_bucket{{le=\"{le}\",route=\"pods\"}}"));
    let counts = ["1024.0", "4096.0", "16384.0", "65536.0", "262144.0", "1048576.0", "7340032.0", "+Inf"].map(of);
    assert_eq!(counts, [1.0, 1.0, 2.0, 3.0, 3.0, 4.0, 4.0, 4.0]);
}

#[tokio::test]
async fn what_became_of_wishes_is_counted_by_key_and_reason() {
    let server = Running::start(&[]);
    let mut client = Client::new(&server, HTTP_2).await;
    let wishes = json!({"podwright.dev/pre-stop-sleep": "5s", "podwright.dev/readiness-probe": "true",
        "podwright.dev/downward-env": "POD_NAME,POD_IP", "podwright.dev/hue": "blue",
        "nobody.podwright.dev/pre-stop-sleep": "5s"});
    for _ in 0..3 {
        let answer = client.post("/mutate", review(&wishes)).await;
        assert!(answer.json()["response"]["patch"].is_string(), "{answer:?}");
    }
    // Nothing is injected into a workload, so nothing is counted.
    client.post("/check", deployment(&wishes)).await;
    let scrape = Scrape::of(&server).await;
    assert_eq!(scrape.value("podwright_injections_total{key=\"pre-stop-sleep\"}"), 3.0);
    assert_eq!(scrape.value("podwright_injections_total{key=\"downward-env\"}"), 6.0);
    assert_eq!(scrape.value("podwright_injections_total{key=\"readiness-probe\"}"), 0.0);
    assert_eq!(scrape.reasons("readiness-probe", "skipped", "NoPort"), 3.0);
    assert_eq!(scrape.reasons("other", "skipped", "UnknownKey"), 3.0);
}

/// Everything that a request can choose: paths, profiles, containers, keys, values, methods.
#[tokio::test]
async fn no_request_makes_series_of_its_own() {
    let server = Running::start(&[]);
    let mut client = Client::new(&server, HTTP_2).await;
    let mut all = Vec::new();
    for round in 0..50 {
        let key = format!("key-{round}.podwright.dev/pre-stop-sleep");
        let unknown = format!("podwright.dev/hunter2-{round}");
        let body = review(&json!({key: "5s", unknown: "x", "podwright.dev/inject": "true"}));
        let body = body.replace("\"app\"", &format!("\"hunter2-{round}\""));
        for path in ["/mutate", "/check", "/mutate/hunter2-", "/hunter2-", "/mutate/default/hunter2-"] {
            client
                .post(
                    &format!("{path}{}", if path.ends_with('-') { round.to_string() } else { String::new() }),
                    body.clone(),
                )
                .await;
        }
        let (sender, nothing) = pieces();
        drop(sender);
        client.request(format!("HUNTER{round}").parse().unwrap(), "/mutate", JSON, nothing).await;
        let scrape = Scrape::of(&server).await;
        assert!(scrape.reasons("other", "skipped", "UnknownKey") > f64::from(round), "the review was not refused");
        all.push(scrape.samples.into_keys().collect::<Vec<_>>());
    }
    assert!(all.windows(2).all(|two| two[0] == two[1]), "{:#?}", all.last());
    assert!(!format!("{all:?}").to_lowercase().contains("hunter2"), "{:#?}", all.last());
}

#[tokio::test]
async fn every_metric_of_the_table_is_shown_and_no_other() {
    let server = Running::start(&[]);
    let mut client = Client::new(&server, HTTP_2).await;
    client.post("/mutate", review(&json!({"podwright.dev/readiness-probe": "true"}))).await;
    let types = Scrape::of(&server).await.types;
    let family = |name: String| name.trim_end_matches("_total").trim_end_matches("_info").to_owned();
    let kind = |kind| match kind {
        MetricKind::Counter => "counter",
        MetricKind::Gauge => "gauge",
        MetricKind::Histogram => "histogram",
        MetricKind::Info => "info",
    };
    // These appear with --tls-secret or --events only; tests/cluster/kept and tests/cluster/events.rs check them.
    let kept = [RENEWALS.name(), TRUSTED.name(), EVENTS.name()];
    let table = METRICS.iter().filter(|metric| !kept.contains(&metric.name()));
    let table = table.map(|metric| (family(metric.name()), kind(metric.kind).to_owned()));
    assert_eq!(types, table.collect());
}

#[tokio::test]
async fn reloads_are_counted_and_a_stale_configuration_shows_until_it_is_repaired() {
    let folder = Scratch::new().unwrap();
    let file = folder.path().join("config.yaml");
    let version = |sleep: &str| {
        format!(
            "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\nprofiles:\n  default:\n    preStopSleep: {sleep}\n"
        )
    };
    let put = |sleep: &str| {
        fs::rename(folder.write("next", &version(sleep)).unwrap(), &file).unwrap();
    };
    put("1s");
    let server = Running::start(&["--config", file.to_str().unwrap(), "--reload-interval", "20ms"]);
    let standing = async || {
        let scrape = Scrape::of(&server).await;
        let reloads =
            |result: &str| scrape.value(&format!("podwright_configuration_reloads_total{{result=\"{result}\"}}"));
        [reloads("success"), reloads("failure"), scrape.value("podwright_configuration_stale")]
    };
    assert_eq!(standing().await, [0.0, 0.0, 0.0]);
    for (sleep, expected) in [("2s", [1.0, 0.0, 0.0]), ("soon", [1.0, 1.0, 1.0]), ("3s", [2.0, 1.0, 0.0])] {
        put(sleep);
        let deadline = Instant::now() + PATIENCE;
        while standing().await != expected {
            assert!(Instant::now() < deadline, "{sleep}: {:?}", standing().await);
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

/// Compared as docs/operate.md says.
#[tokio::test]
async fn the_hash_is_that_of_the_file_in_force() {
    let page = include_str!("../../docs/operate.md");
    let command = page.split('`').find(|code| code.contains("sha256sum configuration.yaml")).unwrap();
    let folder = Scratch::new().unwrap();
    let put = |sleep: &str| {
        let text = format!(
            "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\nprofiles: {{a: {{preStopSleep: {sleep}}}}}\n"
        );
        fs::rename(folder.write("next", &text).unwrap(), folder.path().join("configuration.yaml")).unwrap();
    };
    let said = || {
        let said = Command::new("sh").args(["-c", command]).current_dir(folder.path()).output().unwrap();
        String::from_utf8(said.stdout).unwrap().trim().parse::<f64>().unwrap()
    };
    put("1s");
    let file = folder.path().join("configuration.yaml");
    let follow = ["--config", file.to_str().unwrap(), "--reload-interval", "20ms"];
    let [one, two, built_in] = [&follow[..], &follow[..], &[]].map(Running::start);
    let hash = async |server: &Running| Scrape::of(server).await.value("podwright_configuration_hash");
    assert_eq!([hash(&one).await, hash(&two).await, hash(&built_in).await], [said(), said(), 0.0]);
    let before = said();
    put("2s");
    let deadline = Instant::now() + PATIENCE;
    while hash(&one).await != said() {
        assert!(Instant::now() < deadline, "{}", one.read("log"));
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let after = said();
    assert_ne!(after, before);
    put("soon");
    let deadline = Instant::now() + PATIENCE;
    while Scrape::of(&one).await.value("podwright_configuration_stale") != 1.0 {
        assert!(Instant::now() < deadline, "{}", one.read("log"));
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(hash(&one).await, after, "a refused file takes no effect");
}
