//! The API server accepts every form of a probe with the meaning listed here. It refuses the forms that podwright
//! refuses, or the list says why not.

use serde_json::{Value, json};

use crate::pods::pod;
use crate::properties::round;
use crate::world::world;

const KINDS: [(&str, &str); 3] =
    [("startup-probe", "startupProbe"), ("readiness-probe", "readinessProbe"), ("liveness-probe", "livenessProbe")];

/// Handlers in podwright's grammar and in the API's form, without server defaults.
const HANDLERS: [(&str, &str); 27] = [
    ("tcp", r#"{"tcpSocket":{"port":5432}}"#),
    ("tcp:1", r#"{"tcpSocket":{"port":1}}"#),
    ("tcp:65535", r#"{"tcpSocket":{"port":65535}}"#),
    ("tcp:http", r#"{"tcpSocket":{"port":"http"}}"#),
    ("tcp:15-letters-long", r#"{"tcpSocket":{"port":"15-letters-long"}}"#),
    ("http", r#"{"httpGet":{"port":8080}}"#),
    ("http:/", r#"{"httpGet":{"port":8080,"path":"/"}}"#),
    ("http:3000", r#"{"httpGet":{"port":3000}}"#),
    ("http:3000/", r#"{"httpGet":{"port":3000,"path":"/"}}"#),
    ("http:web/ready", r#"{"httpGet":{"port":"web","path":"/ready"}}"#),
    ("http:/a?b=c&d=%20#e", r#"{"httpGet":{"port":8080,"path":"/a?b=c&d=%20#e"}}"#),
    ("'http:/a b/ü'", r#"{"httpGet":{"port":8080,"path":"/a b/ü"}}"#),
    (
        "http:80/x header=Host:example.com",
        r#"{"httpGet":{"port":80,"path":"/x","httpHeaders":[{"name":"Host","value":"example.com"}]}}"#,
    ),
    (
        "http header=A-1:  header='X-B: c: \"d\"' header=A-1:ü",
        r#"{"httpGet":{"port":8080,"httpHeaders":[{"name":"A-1","value":""},{"name":"X-B","value":"c: \"d\""},{"name":"A-1","value":"ü"}]}}"#,
    ),
    ("https", r#"{"httpGet":{"port":8443,"scheme":"HTTPS"}}"#),
    ("https:443/healthz", r#"{"httpGet":{"port":443,"path":"/healthz","scheme":"HTTPS"}}"#),
    ("grpc", r#"{"grpc":{"port":9090}}"#),
    ("grpc:50051", r#"{"grpc":{"port":50051}}"#),
    ("grpc:/my.Service", r#"{"grpc":{"port":9090,"service":"my.Service"}}"#),
    ("grpc:1/a/b", r#"{"grpc":{"port":1,"service":"a/b"}}"#),
    ("exec:/bin/true", r#"{"exec":{"command":["/bin/true"]}}"#),
    ("exec:'pg_isready -U app'", r#"{"exec":{"command":["pg_isready","-U","app"]}}"#),
    (
        r#"exec:"sh -c 'test -e /tmp/ready && echo \"a b\"'""#,
        r#"{"exec":{"command":["sh","-c","test -e /tmp/ready && echo \"a b\""]}}"#,
    ),
    ("exec:'a \"\" $HOME # ~ *'", r##"{"exec":{"command":["a","","$HOME","#","~","*"]}}"##),
    ("exec://bin/true", r#"{"exec":{"command":["//bin/true"]}}"#),
    ("exec:a=b", r#"{"exec":{"command":["a=b"]}}"#),
    ("\"tcp:5432\"", r#"{"tcpSocket":{"port":5432}}"#),
];

/// Options, the fields that they set, and whether they are for readiness probes only (`true`) or never (`false`).
const OPTIONS: [(&str, &str, Option<bool>); 15] = [
    ("", "{}", None),
    ("delay=0", "{}", None),
    ("delay=15s", r#"{"initialDelaySeconds":15}"#, None),
    ("delay=168h", r#"{"initialDelaySeconds":604800}"#, None),
    ("period=1", r#"{"periodSeconds":1}"#, None),
    ("period=1m30s", r#"{"periodSeconds":90}"#, None),
    ("period=604800", r#"{"periodSeconds":604800}"#, None),
    ("timeout=604800s", r#"{"timeoutSeconds":604800}"#, None),
    ("failure=1", r#"{"failureThreshold":1}"#, None),
    ("failure=2147483647", r#"{"failureThreshold":2147483647}"#, None),
    ("success=1", r#"{"successThreshold":1}"#, None),
    ("success=2147483647", r#"{"successThreshold":2147483647}"#, Some(true)),
    ("grace=1s", r#"{"terminationGracePeriodSeconds":1}"#, Some(false)),
    ("grace=168h", r#"{"terminationGracePeriodSeconds":604800}"#, Some(false)),
    (
        "delay=1 period=2 timeout=3 success=1 failure=4",
        r#"{"initialDelaySeconds":1,"periodSeconds":2,"timeoutSeconds":3,"failureThreshold":4}"#,
        None,
    ),
];

fn read(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// A Pod whose container declares a port of each sort.
fn declaring(annotations: &[(&str, &str)]) -> Value {
    let mut pod = pod("probed", annotations);
    pod["spec"]["containers"][0]["ports"] = json!([
        {"containerPort": 53, "protocol": "UDP"}, {"containerPort": 5432}, {"containerPort": 8080, "name": "http"},
        {"containerPort": 8443, "name": "https"}, {"containerPort": 9090, "name": "grpc"}, {"containerPort": 3000, "name": "web"},
        {"containerPort": 3001, "name": "15-letters-long"},
    ]);
    pod
}

/// The probe as the API server returns it.
fn returned(mut probe: Value) -> Value {
    let mut whole = json!({"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3});
    if let Some(http) = probe.get_mut("httpGet") {
        let mut all = json!({"path": "/", "scheme": "HTTP"});
        all.as_object_mut().unwrap().extend(http.as_object().unwrap().clone());
        *http = all;
    }
    if let Some(grpc) = probe.get_mut("grpc").filter(|grpc| grpc["service"].is_null()) {
        grpc["service"] = json!("");
    }
    whole.as_object_mut().unwrap().extend(probe.as_object().unwrap().clone());
    whole
}

/// The API server accepts the Pod, the probe has its expected fields, there is no warning, and a second round is empty.
fn is_taken(kind: &str, value: &str, expected: &Value) {
    let (_, field) = KINDS.into_iter().find(|(key, _)| *key == kind).unwrap();
    let answer = world().client.dry_run("probes", &declaring(&[(&format!("podwright.dev/{kind}"), value)]));
    assert_eq!(answer.warnings, [""; 0], "{kind}: {value}");
    let pod = answer.pod();
    assert_eq!(pod["spec"]["containers"][0][field], returned(expected.clone()), "{kind}: {value}");
    let (patch, report) = round(&pod).unwrap();
    assert!(patch.is_none() && report.warnings.is_empty(), "{kind}: {value}: {patch:?}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_server_takes_every_handler_and_option_as_it_is_meant() {
    world().namespace("probes");
    for (words, json) in HANDLERS {
        let expected = read(json);
        for (kind, _) in KINDS {
            is_taken(kind, words, &expected);
            is_taken(kind, json, &expected);
        }
    }
    for (option, fields, readiness_only) in OPTIONS {
        let mut expected = read(r#"{"tcpSocket":{"port":5432}}"#);
        expected.as_object_mut().unwrap().extend(read(fields).as_object().unwrap().clone());
        for (kind, _) in
            KINDS.into_iter().filter(|(kind, _)| readiness_only.is_none_or(|only| only == (*kind == "readiness-probe")))
        {
            is_taken(kind, &format!("tcp {option}"), &expected);
            is_taken(kind, &expected.to_string(), &expected);
        }
    }
    for (yaml, json) in [
        ("httpGet:\n  path: /ready\n  port: 8080\n", r#"{"httpGet":{"path":"/ready","port":8080}}"#),
        (
            "  httpGet:\n    port: web\n    scheme: HTTPS\n  periodSeconds: 5",
            r#"{"httpGet":{"port":"web","scheme":"HTTPS"},"periodSeconds":5}"#,
        ),
        (
            "---\nexec:\n  command:\n  - sh\n  - -c\n  - |\n    a\n    b\n",
            r#"{"exec":{"command":["sh","-c","a\nb\n"]}}"#,
        ),
        (
            "{exec: {command: [cat, '/tmp/x']}, failureThreshold: 010}",
            r#"{"exec":{"command":["cat","/tmp/x"]},"failureThreshold":8}"#,
        ),
        ("# a comment\ngrpc:\n  service: x\n", r#"{"grpc":{"port":9090,"service":"x"}}"#),
        ("{tcpSocket: {}, timeoutSeconds: null}", r#"{"tcpSocket":{"port":5432}}"#),
        (r#"{"tcpSocket":{"port":"5432"}}"#, r#"{"tcpSocket":{"port":5432}}"#),
        (r#"{"httpGet":{"path":"","host":"","scheme":""}}"#, r#"{"httpGet":{"port":8080}}"#),
        (r#"{"httpGet":{"path":"no-slash","port":80}}"#, r#"{"httpGet":{"path":"no-slash","port":80}}"#),
    ] {
        is_taken("readiness-probe", yaml, &read(json));
    }
}

/// The API server's reaction to the same handler in the Pod itself.
#[derive(Clone, Copy, PartialEq)]
enum Theirs {
    Refused,
    /// Accepted; the text says why podwright refuses it.
    Taken(&'static str),
}
use Theirs::{Refused, Taken};

const ZERO: Theirs = Taken("the server silently makes another number of it");
const HOST: Theirs = Taken("PodSecurity refuses it where a namespace enforces a level (KEP-4940)");
const BOUND: Theirs = Taken("a week is the most of any duration here");
const DROPPED: Theirs = Taken("the server drops it, with a warning");
const HANGS: Theirs = Taken("the probe could never succeed");

const WRONG: [(&str, &str, &str, Theirs); 37] = [
    ("readiness-probe", "tcp:80 grace=5s", r#"{"tcpSocket":{"port":80},"terminationGracePeriodSeconds":5}"#, Refused),
    ("liveness-probe", "tcp:80 success=2", r#"{"tcpSocket":{"port":80},"successThreshold":2}"#, Refused),
    ("startup-probe", "tcp:80 success=2", r#"{"tcpSocket":{"port":80},"successThreshold":2}"#, Refused),
    ("liveness-probe", "tcp:80 grace=0", r#"{"tcpSocket":{"port":80},"terminationGracePeriodSeconds":0}"#, Refused),
    ("startup-probe", "tcp:80 grace=0", r#"{"tcpSocket":{"port":80},"terminationGracePeriodSeconds":0}"#, Refused),
    ("readiness-probe", "tcp:0", r#"{"tcpSocket":{"port":0}}"#, Refused),
    ("readiness-probe", "tcp:65536", r#"{"tcpSocket":{"port":65536}}"#, Refused),
    ("readiness-probe", "tcp:-1", r#"{"tcpSocket":{"port":-1}}"#, Refused),
    ("readiness-probe", "tcp:no_name", r#"{"tcpSocket":{"port":"no_name"}}"#, Refused),
    ("readiness-probe", "tcp:Http", r#"{"tcpSocket":{"port":"Http"}}"#, Refused),
    ("readiness-probe", "tcp:a--b", r#"{"tcpSocket":{"port":"a--b"}}"#, Refused),
    ("readiness-probe", "tcp:sixteen-letters-", r#"{"tcpSocket":{"port":"sixteen-letters-"}}"#, Refused),
    ("readiness-probe", "tcp:sixteen-letterss", r#"{"tcpSocket":{"port":"sixteen-letterss"}}"#, Refused),
    ("readiness-probe", "tcp:080", r#"{"tcpSocket":{"port":"080"}}"#, Refused),
    (
        "readiness-probe",
        "http:80/ header=a_b:c",
        r#"{"httpGet":{"port":80,"httpHeaders":[{"name":"a_b","value":"c"}]}}"#,
        Refused,
    ),
    (
        "readiness-probe",
        "http:80/ header=:c",
        r#"{"httpGet":{"port":80,"httpHeaders":[{"name":"","value":"c"}]}}"#,
        Refused,
    ),
    ("readiness-probe", "grpc:web", r#"{"grpc":{"port":"web"}}"#, Refused),
    ("readiness-probe", "grpc:0", r#"{"grpc":{"port":0}}"#, Refused),
    ("readiness-probe", "exec:''", r#"{"exec":{"command":[]}}"#, Refused),
    ("readiness-probe", "tcp:80 delay=-5", r#"{"tcpSocket":{"port":80},"initialDelaySeconds":-5}"#, Refused),
    (
        "readiness-probe",
        "tcp:80 failure=2147483648",
        r#"{"tcpSocket":{"port":80},"failureThreshold":2147483648}"#,
        Refused,
    ),
    ("readiness-probe", "tcp:80 period=1.5s", r#"{"tcpSocket":{"port":80},"periodSeconds":1.5}"#, Refused),
    (
        "readiness-probe",
        r#"{"tcpSocket":{"port":80},"periodSeconds":"5"}"#,
        r#"{"tcpSocket":{"port":80},"periodSeconds":"5"}"#,
        Refused,
    ),
    (
        "readiness-probe",
        r#"{"tcpSocket":{"port":80},"exec":{"command":["a"]}}"#,
        r#"{"tcpSocket":{"port":80},"exec":{"command":["a"]}}"#,
        Refused,
    ),
    ("readiness-probe", r#"{"periodSeconds":5}"#, r#"{"periodSeconds":5}"#, Refused),
    (
        "readiness-probe",
        r#"{"httpGet":{"port":80,"scheme":"http"}}"#,
        r#"{"httpGet":{"port":80,"scheme":"http"}}"#,
        Refused,
    ),
    ("readiness-probe", r#"{"exec":{"command":"a b"}}"#, r#"{"exec":{"command":"a b"}}"#, Refused),
    ("readiness-probe", "tcp:80 period=0", r#"{"tcpSocket":{"port":80},"periodSeconds":0}"#, ZERO),
    ("readiness-probe", "tcp:80 timeout=0", r#"{"tcpSocket":{"port":80},"timeoutSeconds":0}"#, ZERO),
    ("readiness-probe", "tcp:80 success=0", r#"{"tcpSocket":{"port":80},"successThreshold":0}"#, ZERO),
    ("readiness-probe", "tcp:80 failure=0", r#"{"tcpSocket":{"port":80},"failureThreshold":0}"#, ZERO),
    ("readiness-probe", "http://example.com/", r#"{"httpGet":{"port":80,"host":"example.com"}}"#, HOST),
    ("readiness-probe", r#"{"tcpSocket":{"port":80,"host":"::1"}}"#, r#"{"tcpSocket":{"port":80,"host":"::1"}}"#, HOST),
    ("readiness-probe", "tcp:80 period=604801", r#"{"tcpSocket":{"port":80},"periodSeconds":604801}"#, BOUND),
    (
        "readiness-probe",
        r#"{"tcpSocket":{"port":80},"periodSecond":5}"#,
        r#"{"tcpSocket":{"port":80},"periodSecond":5}"#,
        DROPPED,
    ),
    ("readiness-probe", r#"{"exec":{"command":["a\u0000b"]}}"#, r#"{"exec":{"command":["a\u0000b"]}}"#, HANGS),
    (
        "readiness-probe",
        r#"{"httpGet":{"port":80,"path":"/\r\nX: y"}}"#,
        r#"{"httpGet":{"port":80,"path":"/\r\nX: y"}}"#,
        HANGS,
    ),
];

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn the_server_refuses_the_probes_that_we_refuse_but_for_these() {
    let world = world();
    world.namespace("probes-refused");
    for (kind, value, probe, theirs) in WRONG {
        let key = format!("podwright.dev/{kind}");
        let ours = world.client.dry_run("probes-refused", &declaring(&[(&key, value)]));
        assert_eq!(ours.status, 422, "{kind}: {value}: {}", ours.body);
        assert!(ours.message().contains("admission webhook") && ours.message().contains(&key), "{}", ours.message());
        let (_, field) = KINDS.into_iter().find(|(key, _)| *key == kind).unwrap();
        let mut same = declaring(&[]);
        same["spec"]["containers"][0][field] = read(probe);
        let refused = world.client.dry_run("probes-refused", &same).status >= 400;
        assert_eq!(refused, theirs == Refused, "{kind}: {probe}: {}", if let Taken(why) = theirs { why } else { "" });
    }
}

/// The API server accepts the name of an undeclared port, and such a Pod is never ready.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_named_port_that_is_not_declared_is_left_out_with_a_warning() {
    let world = world();
    world.namespace("probes-undeclared");
    let answer =
        world.client.dry_run("probes-undeclared", &declaring(&[("podwright.dev/readiness-probe", "tcp:nobodys")]));
    assert!(answer.warnings.concat().contains("[PortNotDeclared]"), "{:?}", answer.warnings);
    assert!(answer.pod()["spec"]["containers"][0]["readinessProbe"].is_null());
    let mut theirs = declaring(&[]);
    theirs["spec"]["containers"][0]["readinessProbe"] = json!({"tcpSocket": {"port": "nobodys"}});
    assert_eq!(world.client.dry_run("probes-undeclared", &theirs).status, 201);
}
