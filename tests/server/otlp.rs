//! Traces as a collector receives them, on the loopback interface.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::client::{HTTP_1, connected, review};
use crate::running::{PATIENCE, Running};

const TRACE: [u8; 16] = *b"a-trace-of-apis!";
const PARENT: [u8; 8] = *b"its-span";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Reads an OTLP request and answers it as a collector does.
async fn batch(collector: &TcpListener) -> Vec<u8> {
    let (mut stream, _) = collector.accept().await.unwrap();
    let mut read = Vec::new();
    loop {
        assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0, "half a batch: {}", String::from_utf8_lossy(&read));
        let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&read[..end]).to_lowercase();
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse::<usize>().unwrap();
        if read.len() == end + 4 + length {
            assert!(head.starts_with("post /v1/traces http/1.1") && head.contains("application/x-protobuf"), "{head}");
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            return read;
        }
    }
}

async fn ask(server: &Running, sampled: &str, trace: &[u8], path: &str) {
    let mut stream = connected(server, HTTP_1).await;
    let body = review(&json!({"podwright.dev/pre-stop-sleep": "5s", "a": "hunter2"}));
    let (trace, parent, length) = (hex(trace), hex(&PARENT), body.len());
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nconnection: close\r\n\
         traceparent: 00-{trace}-{parent}-{sampled}\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

#[tokio::test]
async fn a_traced_request_is_a_span_in_the_api_servers_trace() {
    let collector = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", collector.local_addr().unwrap());
    let mut server = Running::start_with_variables(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
        ("OTEL_SERVICE_NAME", "the-webhook"),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
    ]);
    ask(&server, "00", b"not-to-be-traced", "/mutate").await;
    ask(&server, "01", &TRACE, "/mutate").await;
    let sent = timeout(PATIENCE, batch(&collector)).await.expect("no traces");
    for part in [&TRACE[..], &PARENT[..], b"the-webhook", b"podwright.outcome", b"patched", b"podwright.route", b"pods"]
    {
        assert!(contains(&sent, part), "no {part:?} in {}", String::from_utf8_lossy(&sent));
    }
    for part in [&b"not-to-be-traced"[..], b"hunter2", b"pre-stop-sleep"] {
        assert!(!contains(&sent, part), "{part:?} in {}", String::from_utf8_lossy(&sent));
    }
    // The last spans are sent at the end.
    ask(&server, "01", &TRACE, "/mutate/nobody").await;
    server.held.signal("TERM").unwrap();
    let last = timeout(PATIENCE, batch(&collector)).await.expect("no last traces");
    assert!(contains(&last, b"refused"), "{}", String::from_utf8_lossy(&last));
    assert_eq!(tokio::task::spawn_blocking(move || server.ended().code()).await.unwrap(), Some(0));
}

#[tokio::test]
async fn a_collector_that_is_not_there_costs_no_answer() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut server = Running::start_with_variables(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{nobody}")),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
    ]);
    assert!(TcpStream::connect(nobody).await.is_err());
    for _ in 0..3 {
        ask(&server, "01", &TRACE, "/mutate").await;
    }
    let (status, _) = server.stop("TERM");
    assert_eq!(status.code(), Some(0), "{status}");
    let log = server.read("log");
    assert!(
        log.contains(" could not send traces error=")
            && !log.contains("panic")
            && log.matches("outcome=\"patched\"").count() == 3,
        "{log}"
    );
}

#[tokio::test]
async fn a_collector_that_says_nothing_does_not_hold_the_end_up() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let mut server = Running::start_with_variables(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    ask(&server, "01", &TRACE, "/mutate").await;
    let (status, _) = server.stop("TERM");
    assert_eq!(status.code(), Some(0), "{status}");
    let log = server.read("log");
    assert!(log.contains("could not send the last traces"), "{log}");
}
