//! `/metrics` about connections, requests in flight and the process: each number changes with its cause, and every
//! gauge returns to zero.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hyper::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::client::{Client, HTTP_1, HTTP_2, JSON, asking, connect, connected, pieces, review};
use crate::limited::{HURRIED, HURRIED_AND_BRIEFLY_IDLE};
use crate::metrics::Scrape;
use crate::running::{PATIENCE, Running};

/// Fails if this series does not reach this value.
pub(crate) async fn becomes(server: &Running, series: &str, value: f64) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let scrape = Scrape::of(server).await;
        if scrape.value(series) == value {
            return;
        }
        assert!(Instant::now() < deadline, "{series} is not {value}: {scrape:#?}");
        sleep(Duration::from_millis(10)).await;
    }
}

const OPEN: &str = "podwright_connections{port=\"webhook\"}";

pub(crate) fn ended(reason: &str) -> String {
    format!("podwright_connections_ended_total{{port=\"webhook\",reason=\"{reason}\"}}")
}

pub(crate) fn failed(reason: &str) -> String {
    format!("podwright_handshake_failures_total{{reason=\"{reason}\"}}")
}

/// Every accepted connection is open, has ended, or failed its handshake.
async fn assert_that_connections_add_up(server: &Running) {
    let scrape = Scrape::of(server).await;
    let all_of = |prefix: &str| -> f64 { scrape.with_prefix(prefix).map(|(_, value)| value).sum() };
    let ended = all_of("podwright_connections_ended_total{port=\"webhook\"");
    let failed = all_of("podwright_handshake_failures_total");
    let accepted = scrape.value("podwright_connections_accepted_total{port=\"webhook\"}");
    assert_eq!(accepted, scrape.value(OPEN) + ended + failed, "{scrape:#?}");
}

#[tokio::test]
async fn open_connections_go_up_and_down() {
    let server = Running::start(&[]);
    becomes(&server, OPEN, 0.0).await;
    let tcp = TcpStream::connect(server.webhook).await.unwrap();
    becomes(&server, OPEN, 1.0).await;
    let mut clients = Vec::new();
    for (alpn, open) in [(HTTP_1, 2.0), (HTTP_2, 3.0)] {
        clients.push(Client::new(&server, alpn).await);
        becomes(&server, OPEN, open).await;
    }
    for client in &mut clients {
        assert_eq!(client.post("/mutate", asking()).await.status, 200);
    }
    drop((clients, tcp));
    becomes(&server, OPEN, 0.0).await;
    becomes(&server, &ended("client"), 2.0).await;
    becomes(&server, &failed("disconnected"), 1.0).await;
    // A scrape is also a connection, and counts itself.
    assert!(Scrape::of(&server).await.value("podwright_connections{port=\"admin\"}") >= 1.0);
    assert_that_connections_add_up(&server).await;
}

#[tokio::test]
async fn handshakes_fail_for_a_reason() {
    let server = Running::start_limited(HURRIED);
    let another = Running::start(&[]).read("ca.crt");
    assert!(connect(server.webhook, &another, "localhost", HTTP_2).await.is_err());
    becomes(&server, &failed("rejected"), 1.0).await;
    let mut garbage = TcpStream::connect(server.webhook).await.unwrap();
    garbage.write_all(b"GET /mutate HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    becomes(&server, &failed("protocol"), 1.0).await;
    let _silent = TcpStream::connect(server.webhook).await.unwrap();
    becomes(&server, &failed("timeout"), 1.0).await;
    drop(TcpStream::connect(server.webhook).await.unwrap());
    becomes(&server, &failed("disconnected"), 1.0).await;
    becomes(&server, &failed("client_certificate"), 0.0).await;
    becomes(&server, OPEN, 0.0).await;
    assert_that_connections_add_up(&server).await;
}

#[tokio::test]
async fn connections_end_for_a_reason() {
    let server = Running::start_limited(HURRIED_AND_BRIEFLY_IDLE);
    for (alpn, sent, reason) in [
        (HTTP_1, format!("POST /mutate HTTP/1.1\r\nhost: a\r\na: {}\r\n\r\n", "b".repeat(20_000)), "head_too_large"),
        (HTTP_1, "\u{1}\u{2}\r\n\r\n".to_owned(), "protocol"),
        (HTTP_1, String::new(), "first_request"),
        (HTTP_1, "POST /mutate HTTP/1.1\r\nhost: ".to_owned(), "head"),
        (HTTP_1, "GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(), "idle"),
        (HTTP_2, "GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(), "protocol"),
    ] {
        let before = Scrape::of(&server).await.value(&ended(reason));
        let mut stream = connected(&server, alpn).await;
        stream.write_all(sent.as_bytes()).await.unwrap();
        becomes(&server, &ended(reason), before + 1.0).await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
    becomes(&server, OPEN, 0.0).await;
    assert_that_connections_add_up(&server).await;
}

#[tokio::test]
async fn what_is_in_flight_goes_up_and_down() {
    let server = Running::start(&[]);
    let held = |part: &str| format!("podwright_request_bodies_in_flight_bytes{{part=\"{part}\"}}");
    for alpn in [HTTP_1, HTTP_2] {
        let mut client = Client::new(&server, alpn).await;
        let (sender, body) = pieces();
        let review = review(&json!({}));
        sender.send(format!("{}{review}", " ".repeat(70_000)).into()).unwrap();
        let asked = tokio::spawn(async move { client.request(Method::POST, "/mutate", JSON, body).await });
        becomes(&server, &held("first_64_kib"), 65_536.0).await;
        becomes(&server, &held("rest"), (70_000 + review.len() - 65_536) as f64).await;
        becomes(&server, "podwright_requests_in_flight", 1.0).await;
        drop(sender);
        assert_eq!(asked.await.unwrap().status, 200);
        for series in [&held("first_64_kib"), &held("rest"), "podwright_requests_in_flight"] {
            becomes(&server, series, 0.0).await;
        }
    }
    let limit = |part: &str| format!("podwright_request_bodies_in_flight_limit_bytes{{part=\"{part}\"}}");
    let scrape = Scrape::of(&server).await;
    assert_eq!([limit("first_64_kib"), limit("rest")].map(|limit| scrape.value(&limit)), [67_108_864.0, 100_663_296.0]);
}

#[tokio::test]
async fn a_request_that_its_client_gave_up_is_not_in_flight() {
    let server = Running::start(&[]);
    for alpn in [HTTP_1, HTTP_2] {
        let mut client = Client::new(&server, alpn).await;
        let (sender, body) = pieces();
        sender.send("{".into()).unwrap();
        let asked = tokio::spawn(async move { client.request(Method::POST, "/mutate", JSON, body).await });
        becomes(&server, "podwright_requests_in_flight", 1.0).await;
        asked.abort();
        becomes(&server, "podwright_requests_in_flight", 0.0).await;
        becomes(&server, "podwright_request_bodies_in_flight_bytes{part=\"first_64_kib\"}", 0.0).await;
        drop(sender);
    }
}

#[tokio::test]
async fn it_is_ready_until_it_stops() {
    let server = Running::start_with_lame_duck("60s");
    becomes(&server, "podwright_ready", 1.0).await;
    server.held.signal("TERM").unwrap();
    becomes(&server, "podwright_ready", 0.0).await;
}

#[tokio::test]
async fn the_process_is_measured() {
    let server = Running::start_with_files(400);
    let connections: Vec<_> = (0..20).map(|_| std::net::TcpStream::connect(server.webhook).unwrap()).collect();
    becomes(&server, OPEN, 20.0).await;
    let many = Scrape::of(&server).await;
    assert_eq!(many.value("process_max_fds"), 400.0);
    drop(connections);
    becomes(&server, OPEN, 0.0).await;
    let few = Scrape::of(&server).await;
    let closed = many.value("process_open_fds") - few.value("process_open_fds");
    assert!((15.0..=25.0).contains(&closed), "{closed}");
    let megabytes = few.value("process_resident_memory_bytes") / 1e6;
    assert!((1.0..1_000.0).contains(&megabytes), "{megabytes}");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    let age = now - few.value("process_start_time_seconds");
    assert!((-2.0..PATIENCE.as_secs_f64() * 2.0).contains(&age), "{age}");
    let mut client = Client::new(&server, HTTP_2).await;
    let deadline = Instant::now() + PATIENCE;
    while Scrape::of(&server).await.value("process_cpu_seconds_total") <= few.value("process_cpu_seconds_total") {
        client.post("/mutate", asking()).await;
        assert!(Instant::now() < deadline, "requests cost nothing: {few:#?}");
    }
}
