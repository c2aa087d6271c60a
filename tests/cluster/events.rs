//! The component `events`: events on controllers, with the exact rights of the manifests and under their policy.
//!
//! No controller runs here, so the tests create the ReplicaSets and their Pods themselves.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};
use xtask::lifeline::Held;

use crate::chart::place::{NAMESPACE, Place};
use crate::client::Client;
use crate::kept::eventually;
use crate::pods::pod;
use crate::world::{feed, text};

/// The distinct controllers of the flood.
const FLOOD: usize = 5000;
const CLIENTS: usize = 8;

/// podwright as `podwright install --component events` installs it.
struct Stage {
    place: Place,
    _running: Held,
}

impl Stage {
    fn new() -> Self {
        Self::after(|_| {})
    }

    /// Changes the installation before podwright starts.
    fn after(change: impl FnOnce(&Place)) -> Self {
        let place = Place::new();
        let install = ["install", "--namespace", NAMESPACE, "--component", "events"];
        let printed = Command::new(env!("CARGO_BIN_EXE_podwright")).args(install).output().expect("podwright starts");
        let applied = feed(&mut place.control_plane.kubectl(&["apply", "-f", "-"]), &text(&printed.stdout));
        assert!(applied.status.success(), "{}", text(&applied.stderr));
        change(&place);
        let running = place.run_podwright();
        let stage = Self { place, _running: running };
        eventually("a Pod is injected", || {
            let answer = stage.place.client.dry_run("shop", &pod("canary", &[("podwright.dev/inject", "true")]));
            if is_injected(&answer.body) { Ok(()) } else { Err(format!("{}\n{}", answer.body, stage.log())) }
        });
        stage
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.place.folder.path().join("podwright.log")).unwrap_or_default()
    }

    /// Creates a ReplicaSet; returns the reference to it.
    fn replica_set(&self, name: &str) -> Value {
        let labels = json!({"app": name});
        let object = json!({
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": name},
            "spec": {"replicas": 0, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels},
                "spec": {"containers": [{"name": "app", "image": "registry.example.com/app:1"}]}}},
        });
        let answer = self.place.client.send("POST /apis/apps/v1/namespaces/shop/replicasets", &object);
        assert_eq!(answer.status, 201, "{}", answer.body);
        reference(name, answer.body["metadata"]["uid"].as_str().expect("a uid"))
    }

    /// Creates a Pod of this owner.
    fn create(&self, name: &str, owner: &Value, annotations: &[(&str, &str)]) {
        let answer = self.place.client.create("shop", &owned(name, owner, annotations));
        assert_eq!(answer.status, 201, "{}", answer.body);
    }

    /// podwright's events in a Namespace.
    fn events(&self, namespace: &str) -> Vec<Value> {
        let events = self.place.get(&format!("/apis/events.k8s.io/v1/namespaces/{namespace}/events?limit=9999"));
        let all = events["items"].as_array().expect("items").clone();
        all.into_iter().filter(|event| event["reportingController"] == "podwright").collect()
    }

    fn events_on(&self, owner: &str) -> Vec<Value> {
        self.events("shop").into_iter().filter(|event| event["regarding"]["name"] == owner).collect()
    }

    /// Waits until the owner has an event with this reason and this text in its note.
    fn event_on(&self, owner: &str, reason: &str, words: &str) -> Value {
        eventually("an event", || {
            let all = self.events_on(owner);
            let has = |event: &&Value| {
                event["reason"] == reason && event["note"].as_str().is_some_and(|note| note.contains(words))
            };
            all.iter().find(has).cloned().ok_or_else(|| format!("{all:#?}\n{}", self.log()))
        })
    }

    /// The counter `podwright_events_total` of a result.
    fn counted(&self, result: &str) -> usize {
        let log = self.log();
        let (_, rest) = log.split_once("http://").expect("the admin port");
        let authority = rest.split(['"', '\n', ' ']).next().expect("an address");
        let mut stream = TcpStream::connect(authority).expect("the admin port");
        write!(stream, "GET /metrics HTTP/1.0\r\nHost: {authority}\r\n\r\n").expect("sent");
        let mut metrics = String::new();
        stream.read_to_string(&mut metrics).expect("an answer");
        let start = format!("podwright_events_total{{result=\"{result}\"}} ");
        let value = metrics.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_else(|| panic!("{metrics}"));
        value.parse().expect("a number")
    }
}

fn reference(name: &str, uid: &str) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": name, "uid": uid, "controller": true})
}

fn owned(name: &str, owner: &Value, annotations: &[(&str, &str)]) -> Value {
    let mut pod = pod(name, annotations);
    pod["metadata"]["ownerReferences"] = json!([owner]);
    pod
}

fn is_injected(pod: &Value) -> bool {
    pod["metadata"]["annotations"]["podwright.dev/status"].is_string()
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn describe_shows_what_was_added_and_what_was_left_out() {
    let stage = Stage::new();
    let web = stage.replica_set("web");
    for n in 0..3 {
        stage.create(&format!("web-{n}"), &web, &[("podwright.dev/inject", "true")]);
    }
    stage.event_on("web", "Injected", "podwright added requests, ");
    let probes = stage.replica_set("probes");
    stage.create("probes", &probes, &[("podwright.dev/readiness-probe", "true"), ("podwright.dev/requests", "cpu=1")]);
    let skipped = stage.event_on("probes", "Skipped", "readiness-probe: ");
    assert_eq!(skipped["type"], "Warning", "{skipped}");
    stage.event_on("probes", "Injected", "podwright added requests (profile default)");

    eventually("three Pods in one event", || {
        let described = stage.place.run(&["describe", "replicaset", "web", "--namespace", "shop"]);
        let line = described.lines().find(|line| line.contains("Injected")).unwrap_or_default();
        let words = ["Normal", "(x3 over ", "podwright ", "podwright added requests, ", "(profile default)"];
        if words.iter().all(|word| line.contains(word)) { Ok(()) } else { Err(described.clone()) }
    });
    // A later occurrence is counted in the same event.
    stage.create("web-3", &web, &[("podwright.dev/inject", "true")]);
    eventually("the fourth is counted", || {
        let all = stage.events_on("web");
        let injected: Vec<_> = all.iter().filter(|event| event["reason"] == "Injected").collect();
        if injected.len() == 1 && injected[0]["series"]["count"] == 4 { Ok(()) } else { Err(format!("{all:#?}")) }
    });
    let selected = ["get", "events", "-A", "--field-selector", "reportingComponent=podwright,reason=Skipped"];
    let selected = stage.place.run(&selected);
    assert!(selected.contains("replicaset/probes") && !selected.contains("FailedCreate"), "{selected}");
    assert!(stage.counted("success") >= 4 && stage.counted("failure") == 0, "{}", stage.log());
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn there_is_no_event_without_a_created_pod_of_a_controller_that_opted_in() {
    let stage = Stage::new();
    let asks = [("podwright.dev/inject", "true")];
    let client = &stage.place.client;
    let dry = client.dry_run("shop", &owned("dry", &stage.replica_set("dry"), &asks));
    assert!(is_injected(&dry.body), "{}", dry.body);
    let denied = [("podwright.dev/pre-stop-sleep", "soon")];
    assert_eq!(client.create("shop", &owned("denied", &stage.replica_set("denied"), &denied)).status, 422);
    let alone = client.create("shop", &pod("alone", &asks));
    assert!(is_injected(&alone.body), "{}", alone.body);
    let mut bystander = stage.replica_set("bystander");
    stage.create("silent", &bystander, &[]);
    bystander["controller"] = json!(false);
    stage.create("owned", &bystander, &asks);
    // Its event is the last.
    stage.create("last", &stage.replica_set("last"), &asks);
    stage.event_on("last", "Injected", "podwright added");
    let regarding: Vec<Value> = stage.events("shop").iter().map(|event| event["regarding"]["name"].clone()).collect();
    assert!(regarding.iter().all(|name| name == "last"), "{regarding:?}");
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn without_the_right_pods_are_injected_and_the_log_has_the_remedy_once() {
    let right = ["clusterrolebinding", "podwright-events"];
    let stage = Stage::after(|place| drop(place.run(&[&["delete"], &right[..]].concat())));
    let asks = [("podwright.dev/inject", "true")];
    for name in ["one", "two", "three"] {
        let answer = stage.place.client.create("shop", &owned(name, &stage.replica_set(name), &asks));
        assert!(is_injected(&answer.body), "{}", answer.body);
    }
    eventually("three events failed", || if stage.counted("failure") >= 3 { Ok(()) } else { Err(stage.log()) });
    let lines: Vec<String> = stage.log().lines().filter(|line| line.contains("events")).map(str::to_owned).collect();
    assert!(lines.len() == 1 && lines[0].contains("`podwright install --component events`"), "{lines:#?}");
    assert!(lines[0].contains("cannot create resource"), "{lines:#?}");

    let mut check = Command::new(env!("CARGO_BIN_EXE_podwright"));
    let checked =
        check.arg("check").env("KUBECONFIG", stage.place.control_plane.kubeconfig()).output().expect("it runs");
    let expected =
        "events: --events needs a right that system:serviceaccount:platform:podwright lacks: create and patch";
    assert!(text(&checked.stdout).contains(expected), "{}", text(&checked.stdout));

    let account = format!("--serviceaccount={NAMESPACE}:podwright");
    stage.place.run(&["create", right[0], right[1], "--clusterrole=podwright-events", &account]);
    let mut attempt = 0;
    eventually("an event once it is allowed", || {
        attempt += 1;
        stage.create(&format!("four-{attempt}"), &reference("four", "u-4"), &asks);
        if stage.events_on("four").is_empty() { Err(stage.log()) } else { Ok(()) }
    });
    let checked = check.output().expect("it runs");
    assert!(
        text(&checked.stdout).contains("podwright may write events in all Namespaces"),
        "{}",
        text(&checked.stdout)
    );
}

/// A tenant with 5,000 controllers gets the Namespace's share of events. Each Pod is injected, and another Namespace has
/// its event in time.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_flood_of_controllers_stays_within_the_namespaces_share() {
    let stage = Stage::new();
    stage.place.control_plane.create_namespace("flood").unwrap();
    let (started, next, injected) = (std::time::Instant::now(), AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let client = Client::new(&stage.place.control_plane);
                while let Some(n) = Some(next.fetch_add(1, Ordering::SeqCst)).filter(|n| *n < FLOOD) {
                    let (name, uid) = (format!("flood-{n}"), format!("u-{n}"));
                    let asks = [("podwright.dev/requests", "cpu=1")];
                    let answer = client.create("flood", &owned(&name, &reference(&name, &uid), &asks));
                    injected.fetch_add(usize::from(is_injected(&answer.body)), Ordering::SeqCst);
                }
            });
        }
        while next.load(Ordering::SeqCst) < FLOOD / 2 {
            thread::sleep(std::time::Duration::from_millis(50));
        }
        stage.create("quiet", &stage.replica_set("quiet"), &[("podwright.dev/inject", "true")]);
        stage.event_on("quiet", "Injected", "podwright added");
    });
    let (limited, written) = (stage.counted("limited"), stage.events("flood").len());
    let seconds = started.elapsed().as_secs_f64();
    eprintln!("{FLOOD} Pods in {seconds:.0} s: {written} events, {limited} dropped");
    assert_eq!(injected.load(Ordering::SeqCst), FLOOD);
    let share = 100.0 + 0.2 * seconds;
    assert!(written >= 100 && written as f64 <= share + 1.0, "{written} events in {seconds} s");
    assert!(limited + written >= FLOOD - 1, "{limited} dropped, {written} written");
}
