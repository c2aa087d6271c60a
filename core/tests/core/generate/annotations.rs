//! Annotations: every key, for the Pod and for its containers, valid in most cases.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

type Annotation = (String, Value);

/// Mostly valid annotations.
pub fn annotations() -> impl Strategy<Value = Option<Map<String, Value>>> {
    let wrong = weighted(0.05, wrong()).prop_map(Option::unwrap_or_default);
    weighted(0.97, (right(), wrong).prop_map(|(right, wrong)| right.into_iter().chain(wrong).collect()))
}

/// Some valid annotations, and at least one wrong one.
pub fn with_wrong() -> impl Strategy<Value = Option<Map<String, Value>>> {
    (right(), wrong()).prop_map(|(right, wrong)| Some(right.into_iter().chain(wrong).collect()))
}

/// The topics of a Pod: anything, or related keys, so that they interact.
const TOPICS: [&[&str]; 6] = [
    &[],
    &[],
    &["requests", "limits"],
    &["startup-probe", "readiness-probe", "liveness-probe", "pre-stop-sleep"],
    &["pre-stop-sleep", "termination-grace-period"],
    &["downward-volume", "termination-message-path"],
];

fn right() -> impl Strategy<Value = Vec<Annotation>> {
    let everything = weighted(0.4, select(EVERYTHING.to_vec()));
    let others = select(TOPICS.to_vec()).prop_flat_map(|topic| {
        let some = vec(prop_oneof![6 => pods(topic), 3 => containers(topic), 1 => foreign()], 0..7);
        // The last value of a key counts, and the first ones are about anything.
        (vec(prop_oneof![2 => pods(&[]), 1 => containers(&[])], 0..2), some)
            .prop_map(|(any, some)| [any, some].concat())
    });
    (everything, others).prop_map(|(everything, others)| {
        let everything = everything.map(|(key, value)| annotation(&format!("podwright.dev/{key}"), value));
        others.into_iter().chain(everything).collect()
    })
}

fn annotation(key: &str, value: &str) -> Annotation {
    (key.to_owned(), json!(value))
}

/// The annotations that turn everything on.
const EVERYTHING: [(&str, &str); 4] =
    [("inject", "true"), ("inject", "true"), ("profile", "default"), ("profile", "web")];

/// Values for the Pod as a whole; some are also valid for a container.
const POD: [Values; 3] = [
    ("termination-grace-period", &["false", "5s", "10s", "30", "60s", "168h"]),
    ("containers", &["*", "app-0", "app-0,istio-proxy", "init-0,nobody", "app-0,app-1,init-0"]),
    ("status", &["forged"]),
];

/// Values for both. Amounts have few values, so that they meet, and those of the Pod agree with one another.
const BOTH: [Values; 10] = [
    (
        "downward-env",
        &[
            "POD_NAME,POD_IP",
            "CONTAINER_NAME,CONTAINER_IMAGE,PORT=container.port",
            "GOMEMLIMIT=limits.memory*90%,CPU_LIMIT,MEMORY_REQUEST,GOMAXPROCS=limits.cpu",
            "OTEL,GOMEMLIMIT,GOMAXPROCS",
            "NODE_OPTIONS,OTEL,OTEL_SERVICE_NAME=metadata.name",
            "GOMEMLIMIT=limits.memory,ADMIN=container.port['admin'],R=requests.cpu*50%/1m",
            "true",
            "false",
        ],
    ),
    (
        "downward-volume",
        &["/etc/podinfo", "/etc/podinfo/", "/data/info", "/srv//info", "/tmp", "C:\\Data\\Info", "true", "false"],
    ),
    (
        "termination-message-path",
        &[
            "/tmp/termination-log",
            "/dev/termination-log",
            "/etc/podinfo/last-word",
            "/data/log",
            "/var/log/app",
            "C:\\Data\\log",
            "false",
        ],
    ),
    ("termination-message-policy", &["File", "FallbackToLogsOnError", "true", "false"]),
    (
        "startup-probe",
        &["tcp period=2s failure=60", "tcp:8080", "exec:'pg_isready -U app' timeout=2s", "grpc grace=10s", "false"],
    ),
    ("readiness-probe", READINESS),
    ("liveness-probe", LIVENESS),
    ("pre-stop-sleep", &["true", "false", "0", "1", "5s", "10", "11s", "29s", "1m", "168h"]),
    (
        "requests",
        &[
            "cpu=100m,memory=64Mi",
            "cpu=0.05",
            "memory=128Mi,cpu=0.2",
            "ephemeral-storage=1e9",
            "cpu=0,memory=0",
            "true",
            "false",
        ],
    ),
    (
        "limits",
        &[
            "cpu=0.2",
            "cpu=200m,memory=134217728",
            "memory=1Gi,cpu=1e0,ephemeral-storage=1G",
            "memory=9223372036854775807",
            "memory=128",
            "false",
        ],
    ),
];

const READINESS: &[&str] = &[
    "tcp",
    "http",
    "https:/healthz header=Accept:text/plain header='X-A: b c'",
    "grpc",
    "grpc:9090/my.Service",
    "http:8080/ready period=5s",
    "http:web/ready success=2",
    "tcp:8080",
    "tcp:65535 failure=5",
    "tcp:metrics",
    "exec:'pg_isready -U app' timeout=2s",
    r#"{"httpGet": {"path": "/ready", "port": 8080, "scheme": "HTTP"}, "periodSeconds": 5, "successThreshold": 1}"#,
    "tcpSocket:\n  port: 8080\nperiodSeconds: 10\n",
    "grpc: {service: my.Service}\ninitialDelaySeconds: 0\n",
    "true",
    "false",
];

const LIVENESS: &[&str] = &[
    "tcp",
    "http:/healthz delay=10s",
    "http:3000/ready delay=15s period=6s",
    "tcp:8080 grace=5s",
    "tcp:8080 grace=1m timeout=1",
    "grpc failure=1",
    "exec:/bin/true grace=11s",
    "exec:'powershell.exe -File C:\\probes\\alive.ps1'",
    r#"{"exec": {"command": ["pg_isready", "-U", "app"]}, "timeoutSeconds": 2}"#,
    "  httpGet:\n    port: http\n  terminationGracePeriodSeconds: 30\n",
    "false",
];

/// Values for a container that differ from its Pod's.
const CONTAINER: [Values; 4] = [
    ("inject", &["false"]),
    ("requests", &["cpu=0.4", "memory=1Gi,cpu=100m", "cpu=50m", "cpu=1m,memory=64Mi,ephemeral-storage=1e9"]),
    ("limits", &["cpu=50m", "memory=64Mi", "cpu=0.2,memory=128Mi", "cpu=400m,memory=1Gi,ephemeral-storage=1"]),
    ("zz-unheard-of", &["1"]),
];

fn pods(topic: &'static [&'static str]) -> impl Strategy<Value = Annotation> {
    let told = one_of(POD.iter().chain(&BOTH), topic);
    told.prop_map(|(key, value)| annotation(&format!("podwright.dev/{key}"), value))
}

fn containers(topic: &'static [&'static str]) -> impl Strategy<Value = Annotation> {
    let container = select(vec!["app-0", "app-0", "app-0", "app-1", "istio-proxy", "init-0", "nobody"]);
    (container, one_of(CONTAINER.iter().chain(&BOTH), topic))
        .prop_map(|(container, (key, value))| annotation(&format!("{container}.podwright.dev/{key}"), value))
}

type Values = (&'static str, &'static [&'static str]);

/// A key of the topic, which may be empty, and one of its values.
fn one_of(
    table: impl Iterator<Item = &'static Values>,
    topic: &'static [&'static str],
) -> impl Strategy<Value = (&'static str, &'static str)> {
    let of_topic = table.filter(|(key, _)| topic.is_empty() || topic.contains(key)).copied();
    select(of_topic.collect::<Vec<_>>()).prop_flat_map(|(key, values)| (Just(key), select(values.to_vec())))
}

fn foreign() -> impl Strategy<Value = Annotation> {
    select(vec![
        annotation("example.com/team", "a \"quoted\" \\ value\nof two lines"),
        annotation("xpodwright.dev/inject", "true"),
        annotation("resource.opentelemetry.io/service.name", "$(POD_IP), a=b"),
        annotation("resource.opentelemetry.io/novel", &"long ".repeat(1_000)),
        annotation("resource.opentelemetry.io/team", "100% $(POD_IP), \"é\"=b"),
        annotation("podwright.dev/zz-unheard-of", "1"),
        annotation("podwright.dev/inject", "false"),
        annotation("kubectl.kubernetes.io/default-container", "app-1"),
        annotation("kubectl.kubernetes.io/default-container", "init-0"),
        annotation(
            "kubernetes.io/limit-ranger",
            "LimitRanger plugin set: cpu, memory request for container app-0; cpu limit for init container init-0",
        ),
    ])
}

/// Annotations that are never valid. Their keys are in no other table, or in one of valid values, which they replace.
const WRONG: [(&str, &str); 24] = [
    ("podwright.dev/Inject", "true"),
    ("podwright.dev/inject", "yes"),
    ("podwright.dev/profile", "wbe"),
    ("podwright.dev/containers", "app-0,app-0"),
    ("podwright.dev/downward-env", "POD_NAM,,X=status.phase"),
    ("podwright.dev/downward-volume", "etc/podinfo"),
    ("podwright.dev/termination-message-path", "/tmp/x/"),
    ("podwright.dev/termination-message-policy", "Fiel"),
    ("podwright.dev/startup-probe", "tcp success=2"),
    ("podwright.dev/readiness-probe", "tcp:8080 grace=5s"),
    ("podwright.dev/liveness-probe", "{httpGet: {host: example.com, port: 80}, period: 5}"),
    ("podwright.dev/pre-stop-sleep", "169h"),
    ("podwright.dev/termination-grace-period", "0"),
    ("podwright.dev/requests", "cpu=100u,gpu=1"),
    ("podwright.dev/limits", "memory=128m"),
    ("a.b.podwright.dev/inject", "false"),
    ("app-0.podwright.dev/profile", "web"),
    ("app-0.podwright.dev/inject", "true"),
    ("app-0.podwright.dev/termination-grace-period", "5s"),
    ("app-0.podwright.dev/readiness-probe", "http:8080/ready perod=5s"),
    ("app-0.podwright.dev/liveness-probe", "tcpSocket:\n  port: 8080\n failureThreshold: 3\n"),
    ("app-0.podwright.dev/limits", "memory=-1"),
    ("nobody.podwright.dev/pre-stop-sleep", "soon"),
    ("nobody.podwright.dev/downward-volume", "/proc/1"),
];

fn wrong() -> impl Strategy<Value = Vec<Annotation>> {
    let several = subsequence(WRONG.to_vec(), 1..9);
    several.prop_map(|several| several.into_iter().map(|(key, value)| annotation(key, value)).collect())
}

/// The keys of a Pod's annotations that are known to be wrong.
pub fn wrong_keys(pod: &Value) -> Vec<&'static str> {
    let annotations = &pod["metadata"]["annotations"];
    WRONG.iter().filter(|(key, value)| annotations[*key] == *value).map(|(key, _)| *key).collect()
}
