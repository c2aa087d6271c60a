//! The log lines for requests, as text and as JSON, and the values that never appear in it.

use std::time::Instant;

use serde_json::{Map, Value, json};

use crate::client::{Client, HTTP_2, asking, review};
use crate::running::{PATIENCE, Running};

const JSON_LINES: [&str; 2] = ["--log-format", "json"];

/// The JSON objects of the log, once it has enough lines for requests: a client gets its answer before the line is
/// written.
async fn lines(server: &Running, requests: usize) -> Vec<Map<String, Value>> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let log = server.read("log");
        if log.matches("\"message\":\"request\"").count() >= requests && log.ends_with('\n') {
            let object = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            return log.lines().map(object).collect();
        }
        assert!(Instant::now() < deadline, "no {requests} requests in:\n{log}");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// The lines with this message. Checks and removes the fields that vary.
fn saying<'a>(lines: &'a [Map<String, Value>], message: &str) -> Vec<Value> {
    let said = lines.iter().filter(|line| line["message"] == message);
    let strip = |line: &'a Map<String, Value>| {
        let mut line = line.clone();
        let written: jiff::Timestamp = line.remove("timestamp").unwrap().as_str().unwrap().parse().expect("RFC 3339");
        assert!(written > jiff::Timestamp::UNIX_EPOCH, "{line:?}");
        if let Some(duration) = line.remove("duration_seconds") {
            assert!(duration.as_f64().is_some_and(|seconds| seconds > 0.0 && seconds < 60.0), "{line:?}");
        }
        assert!(line.remove("target").unwrap().as_str().unwrap().starts_with("podwright::"), "{line:?}");
        line.remove("message");
        Value::Object(line)
    };
    said.map(strip).collect()
}

/// A review with these names, in the object and in the request.
fn named(names: &Value, request_name: &str) -> String {
    let mut review: Value = serde_json::from_str(&asking()).unwrap();
    let metadata = review["request"]["object"]["metadata"].as_object_mut().unwrap();
    metadata.remove("name");
    metadata.extend(names.as_object().unwrap().clone());
    review["request"]["name"] = json!(request_name);
    review.to_string()
}

#[tokio::test]
async fn each_request_is_one_json_object_at_debug_level() {
    let server = Running::start(&JSON_LINES);
    let mut client = Client::new(&server, HTTP_2).await;
    client.post("/mutate?timeout=10s", asking()).await;
    client.post("/mutate/default", named(&json!({"generateName": "web-"}), "")).await;
    client.post("/check", named(&json!({"name": "other"}), "web")).await;
    client.post("/mutate/nobody", asking()).await;
    client.post("/mutate", "{").await;
    client.post("/nowhere", asking()).await;
    let of_pod = |rest: Value| {
        let mut line = json!({"level": "DEBUG", "method": "POST", "uid": "u-1", "namespace": "default", "kind": "Pod"});
        line.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        line
    };
    #[rustfmt::skip]
    let expected = [
        of_pod(json!({"path": "/mutate", "route": "pods", "status": 200, "outcome": "patched", "name": "web"})),
        of_pod(json!({"path": "/mutate/default", "route": "namespace", "status": 200, "outcome": "patched", "generateName": "web-"})),
        of_pod(json!({"path": "/check", "route": "workloads", "status": 200, "outcome": "unchanged", "name": "web"})),
        of_pod(json!({"path": "/mutate/nobody", "route": "namespace", "status": 404, "outcome": "refused", "name": "web"})),
        json!({"level": "DEBUG", "method": "POST", "path": "/mutate", "route": "pods", "status": 400, "outcome": "refused"}),
        json!({"level": "DEBUG", "method": "POST", "path": "/nowhere", "route": "other", "status": 404, "outcome": "refused"}),
    ];
    assert_eq!(saying(&lines(&server, 6).await, "request"), expected);
}

#[tokio::test]
async fn a_denial_is_logged_with_names_and_a_number() {
    let server = Running::start(&JSON_LINES);
    let mut client = Client::new(&server, HTTP_2).await;
    client.post("/mutate", asking()).await;
    client.post("/mutate?timeout=10s", denied("hunter2")).await;
    client.post("/mutate/default", denied("hunter2")).await;
    let lines = lines(&server, 3).await;
    let denied = |path: &str| json!({"level": "INFO", "path": path, "uid": "u-1", "namespace": "default", "name": "web", "faults": 2});
    let said = saying(&lines, "denied a Pod because of invalid annotations");
    assert_eq!(said, [denied("/mutate"), denied("/mutate/default")]);
    assert!(!server.read("log").contains("hunter2"), "{lines:#?}");
}

#[tokio::test]
async fn nothing_of_a_body_is_logged() {
    for format in ["text", "json"] {
        let server = Running::start(&["--log-format", format]);
        let mut client = Client::new(&server, HTTP_2).await;
        let secret = "hunter2-in-an-env";
        let broken = format!("{{\"apiVersion\": \"{secret}\", {secret}");
        for body in [asking().replace("\"app\"", &format!("\"{secret}\"")), broken, denied(secret)] {
            client.post("/mutate", body).await;
        }
        let request =
            if format == "json" { "\"message\":\"request\"" } else { "request method=\"POST\" path=\"/mutate\"" };
        let log = heard(&server, request, 3).await;
        assert!(!log.contains("hunter2"), "{log}");
    }
}

/// The API server checks the request's names only after the webhooks.
#[tokio::test]
async fn names_that_are_none_stay_on_their_line() {
    let hostile = "web\n2026-01-01T00:00:00Z ERROR forged\r\u{1b}[2J\u{2028}\u{85}\u{0}\"} {";
    let names = json!({"name": hostile});
    let mut body: Value = serde_json::from_str(&named(&names, "")).unwrap();
    body["request"]["uid"] = json!(format!("{hostile}{}", "u".repeat(1 << 20)));
    body["request"]["namespace"] = json!(hostile);
    body["request"]["kind"]["kind"] = json!("Pod");
    body["request"]["object"]["metadata"]["annotations"] = json!({"podwright.dev/pre-stop-sleep": "soon"});
    for format in ["text", "json"] {
        let server = Running::start(&["--log-format", format]);
        let mut client = Client::new(&server, HTTP_2).await;
        client.post(&format!("/mutate/{}", "a".repeat(4_000)), body.to_string()).await;
        let answer = client.post("/mutate", body.to_string()).await;
        assert_eq!(answer.json()["response"]["allowed"], false, "{answer:?}");
        let log = heard(&server, if format == "json" { "\"message\":\"request\"" } else { " request method" }, 2).await;
        // Lines for the two requests and for the denial.
        let lines: Vec<_> = log.lines().filter(|line| line.contains("forged")).collect();
        assert_eq!(lines.len(), 3, "{log}");
        for line in log.lines() {
            let begins = if format == "json" { line.starts_with("{\"timestamp\":\"2") } else { line.starts_with("2") };
            assert!(begins && !line.starts_with("2026-01-01T00"), "{line}");
            assert!(line.len() < 2_000 && !line.contains(char::is_control), "{line}");
        }
    }
}

async fn heard(server: &Running, what: &str, times: usize) -> String {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let log = server.read("log");
        if log.matches(what).count() >= times && log.ends_with('\n') {
            assert_eq!(log.matches(what).count(), times, "{log}");
            return log;
        }
        assert!(Instant::now() < deadline, "not {times} times {what:?}:\n{log}");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

fn denied(value: &str) -> String {
    review(&json!({"podwright.dev/pre-stop-sleep": value, "podwright.dev/termination-grace-period": value}))
}
