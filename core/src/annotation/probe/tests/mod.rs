//! Both forms of the grammar, and every error with its own message.

use super::Command;
use super::{Handler, Port, Probe, ProbeKind, Scheme};
use crate::annotation::{Expected, duration::Seconds};

mod full_form;
mod short_form;

const KINDS: [ProbeKind; 3] = [ProbeKind::Startup, ProbeKind::Readiness, ProbeKind::Liveness];

fn read(text: &str) -> Option<Probe> {
    Probe::parse(text, ProbeKind::Readiness).ok()
}

/// Returns the problems. Each example must be valid.
fn faults(text: &str, kind: ProbeKind) -> Vec<String> {
    let all = Probe::parse(text, kind).err().unwrap_or_default();
    for Expected { problem, example } in &all {
        assert!(Probe::parse(example, kind).is_ok(), "{kind:?} {text}: {problem}, for example \"{example}\"");
        assert!(!problem.contains(char::is_control) && problem.chars().count() < 400, "{text}: {problem}");
    }
    all.into_iter().map(|fault| fault.problem).collect()
}

/// Asserts one fault with this text.
fn assert_told(text: &str, kind: ProbeKind, told: &str) {
    let all = faults(text, kind);
    assert!(all.len() == 1 && all.iter().all(|one| one.contains(told)), "{kind:?} {text}: {all:#?}");
}

fn probe(handler: Handler) -> Probe {
    Probe { handler, delay: None, period: None, timeout: None, success: None, failure: None, grace: None }
}

fn http(scheme: Scheme, port: Option<Port>, path: Option<&str>) -> Handler {
    Handler::Http { scheme, port, path: path.map(str::to_owned), headers: Vec::new() }
}

fn exec(words: &[&str]) -> Handler {
    Handler::Exec(Command::new(words.iter().map(|word| (*word).to_owned()).collect()))
}

fn name(name: &str) -> Option<Port> {
    Some(Port::Name(name.to_owned()))
}

fn seconds(text: &str) -> Option<Seconds> {
    Seconds::parse(text).ok().flatten()
}

#[test]
fn a_value_is_bounded() {
    let words = |n: usize| format!("http:/{}", "x".repeat(n - 6));
    assert!(read(&words(8192)).is_some());
    for text in [words(8193), format!("{{tcpSocket: {{}}, x: \"{}\"}}", "x".repeat(9000))] {
        assert_told(&text, ProbeKind::Readiness, "at most 8192 bytes");
    }
}

#[test]
fn faults_beyond_the_first_sixteen_are_not_named() {
    for text in ["tcp ".to_owned() + &"x=1 ".repeat(1000), format!("{{{}}}", keys(500))] {
        let all = faults(&text, ProbeKind::Startup);
        assert_eq!(all.len(), 17, "{all:#?}");
        assert_eq!(all.last().map(String::as_str), Some("more errors follow"));
    }
}

fn keys(n: usize) -> String {
    (0..n).map(|n| format!("k{n}: 1, ")).collect()
}

#[test]
fn words_json_and_yaml_give_equal_probes() {
    for (words, json, yaml) in [
        ("http:8080/x", r#"{"httpGet": {"port": 8080, "path": "/x"}}"#, "httpGet:\n  port: 8080\n  path: /x\n"),
        (
            "https:web header=Host:x header='A: b c' period=1m30s",
            r#"{"httpGet":{"port":"web","scheme":"HTTPS","httpHeaders":[{"name":"Host","value":"x"},{"name":"A","value":"b c"}]},
               "periodSeconds":90}"#,
            "httpGet:\n  port: web\n  scheme: HTTPS\n  httpHeaders:\n  - {name: Host, value: x}\n  - name: A\n    value: b c\n\
             periodSeconds: 90",
        ),
        ("tcp", r#"{"tcpSocket": {}}"#, "tcpSocket: {}\nexec: null\nperiodSeconds:"),
        (
            "tcp:5432 failure=5 success=2",
            r#"{"tcpSocket":{"port":"5432"},"failureThreshold":5,"successThreshold":2}"#,
            "tcpSocket:\n  port: '5432'\nfailureThreshold: 5\nsuccessThreshold: 2",
        ),
        (
            "grpc:9090/my.Service delay=0",
            r#"{"grpc": {"port": 9090, "service": "my.Service"}, "initialDelaySeconds": 0}"#,
            "grpc: {port: 9090, service: my.Service}\ninitialDelaySeconds: 0",
        ),
        (
            "exec:'pg_isready -U \"the app\"' timeout=2s",
            r#"{"exec":{"command":["pg_isready","-U","the app"]},"timeoutSeconds":2}"#,
            "exec:\n  command:\n  - pg_isready\n  - -U\n  - the app\ntimeoutSeconds: 2",
        ),
    ] {
        let meant = Probe::parse(words, ProbeKind::Readiness);
        assert!(meant.is_ok(), "{words}: {meant:?}");
        assert_eq!(Probe::parse(json, ProbeKind::Readiness), meant, "{json}");
        assert_eq!(Probe::parse(yaml, ProbeKind::Readiness), meant, "{yaml}");
    }
}

#[test]
fn both_forms_have_the_same_rules() {
    for (kind, words, whole, told) in [
        (ProbeKind::Liveness, "tcp success=2", "{tcpSocket: {}, successThreshold: 2}", "only readiness probes"),
        (ProbeKind::Startup, "tcp success=2", "{tcpSocket: {}, successThreshold: 2}", "only readiness probes"),
        (
            ProbeKind::Readiness,
            "tcp grace=5s",
            "{tcpSocket: {}, terminationGracePeriodSeconds: 5}",
            "never stops a container",
        ),
        (
            ProbeKind::Readiness,
            "tcp grace=0",
            "{tcpSocket: {}, terminationGracePeriodSeconds: 0}",
            "never stops a container",
        ),
        (ProbeKind::Liveness, "tcp grace=0", "{tcpSocket: {}, terminationGracePeriodSeconds: 0}", "server rejects"),
        (ProbeKind::Startup, "tcp period=0", "{tcpSocket: {}, periodSeconds: 0}", "silently set 10"),
        (ProbeKind::Startup, "tcp timeout=0s", "{tcpSocket: {}, timeoutSeconds: 0}", "silently set 1"),
        (ProbeKind::Startup, "tcp success=0", "{tcpSocket: {}, successThreshold: 0}", "silently set 1"),
        (ProbeKind::Startup, "tcp failure=0", "{tcpSocket: {}, failureThreshold: 0}", "silently set 3"),
        (ProbeKind::Startup, "tcp failure=-1", "{tcpSocket: {}, failureThreshold: -1}", "from 1 to 2147483647"),
        (ProbeKind::Startup, "tcp failure=2147483648", "{tcpSocket: {}, failureThreshold: 2147483648}", "2147483647"),
        (ProbeKind::Startup, "tcp delay=-1", "{tcpSocket: {}, initialDelaySeconds: -1}", "invalid duration"),
        (ProbeKind::Startup, "tcp delay=604801", "{tcpSocket: {}, initialDelaySeconds: 604801}", "a week"),
        (ProbeKind::Startup, "tcp:0", "{tcpSocket: {port: 0}}", "from 1 to 65535"),
        (ProbeKind::Startup, "tcp:65536", "{tcpSocket: {port: 65536}}", "from 1 to 65535"),
        (ProbeKind::Startup, "tcp:Web", "{tcpSocket: {port: Web}}", "at least one letter"),
        (ProbeKind::Startup, "grpc:web", "{grpc: {port: web}}", "expected a number from 1"),
        (
            ProbeKind::Startup,
            "http header=A_b:c",
            "{httpGet: {httpHeaders: [{name: A_b, value: c}]}}",
            "letters, digits",
        ),
        (ProbeKind::Startup, "exec:\"''\"", "{exec: {command: ['']}}", "expected a program"),
    ] {
        assert_told(words, kind, told);
        assert_told(whole, kind, told);
    }
    for kind in KINDS {
        assert_eq!(faults("tcp success=1 failure=2147483647 delay=168h", kind), [""; 0]);
        assert_eq!(faults("tcp grace=5s", kind).is_empty(), kind != ProbeKind::Readiness);
    }
}
