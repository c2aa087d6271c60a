//! A review above 7 MiB: podwright reads it to its end, drops it and allows its object unchanged. So an API server
//! accepts every Pod with podwright that it accepts without it.

use hyper::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::client::{Answer, Client, HTTP_1, HTTP_2, JSON, asking, connected, pieces};
use crate::limited::HURRIED;
use crate::metrics::Scrape;
use crate::running::{PATIENCE, Running};

const LIMIT: usize = 7 << 20;
/// The size from which podwright does not even read a body.
const DRAINED: usize = 64 << 20;

/// A review of this size in the API server's form, with the uid before the object.
fn review(length: usize) -> String {
    let head = r#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u-1","kind":{"group":"","version":"v1","kind":"Pod"},"operation":"CREATE","object":{"spec":{"containers":[{"name":"app","env":["#;
    let tail = r#"{}]}]}}}}"#;
    let items = (length - head.len() - tail.len()) / 3;
    let rest = length - head.len() - tail.len() - 3 * items;
    format!("{head}{}{}{tail}", "{},".repeat(items), " ".repeat(rest))
}

fn assert_allowed(answer: &Answer, done: &str, what: &str) {
    assert_eq!((answer.status, answer.content_type.as_str()), (200, JSON), "{what}: {answer:?}");
    let mut response = answer.json()["response"].take();
    let warnings = response["warnings"].take();
    assert_eq!(response, json!({"uid": "u-1", "allowed": true, "warnings": null}), "{what}");
    let [Value::String(warning), Value::String(hint)] = &warnings.as_array().unwrap()[..] else {
        panic!("{what}: {warnings}")
    };
    assert!(hint.contains("podwright explain CODE"), "{what}: {hint}");
    assert!(warning.starts_with(&format!("podwright {done} this object: ")), "{what}: {warning}");
    assert!(warning.ends_with(" [ReviewTooLarge]") && warning.len() <= 256, "{what}: {warning}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_above_the_limit_is_allowed_with_a_warning_on_each_route() {
    let server = Running::start(&[]);
    let routes =
        [("/mutate", "added nothing to"), ("/mutate/default", "added nothing to"), ("/check", "did not check")];
    for alpn in [HTTP_1, HTTP_2] {
        let mut client = Client::new(&server, alpn).await;
        for (path, done) in routes {
            for length in [LIMIT + 1, 9_437_184] {
                assert_allowed(&client.post(path, review(length)).await, done, &format!("{alpn} {path} {length}"));
            }
            assert_eq!(client.post(path, asking()).await.status, 200, "on the same connection");
        }
        assert_allowed(&client.post("/mutate", review(DRAINED)).await, "added nothing to", "the largest");
    }
    let scrape = Scrape::of(&server).await;
    for (route, number) in [("pods", 6.0), ("namespace", 4.0), ("workloads", 4.0)] {
        let counted = format!("podwright_requests_total{{route=\"{route}\",outcome=\"oversized\",status=\"200\"}}");
        assert_eq!(scrape.value(&counted), number, "{route}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_say_whose_answer_it_waits_for_in_its_start_is_refused() {
    let server = Running::start(&[]);
    let late = review(LIMIT + 1).replacen(
        "\"uid\":\"u-1\",",
        &format!("\"name\":\"{}\",\"uid\":\"u-1\",", "x".repeat(1 << 16)),
        1,
    );
    for alpn in [HTTP_1, HTTP_2] {
        for body in [late.clone(), " ".repeat(LIMIT + 1), review(LIMIT + 1).replace("/v1", "/v2")] {
            let answer = Client::new(&server, alpn).await.post("/mutate", body).await;
            assert!(
                answer.status == 413 && answer.body.contains("no `request.uid`") && answer.body.contains("7 MiB"),
                "{answer:?}"
            );
        }
    }
}

/// With a `content-length`, podwright reads no byte of the body; without one, it stops at the limit.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_beyond_all_reason_is_not_even_dropped() {
    let server = Running::start(&[]);
    let answer = Client::new(&server, HTTP_2).await.post("/mutate", review(DRAINED + 1)).await;
    assert!(answer.status == 413 && answer.body.contains("64 MiB"), "{answer:?}");
    let mut stream = connected(&server, HTTP_1).await;
    let head = format!("content-type: {JSON}\r\ncontent-length: {}\r\nexpect: 100-continue", DRAINED + 1);
    stream.write_all(format!("POST /mutate HTTP/1.1\r\nhost: a\r\n{head}\r\n\r\n").as_bytes()).await.unwrap();
    let mut read = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut read)).await.expect("still open").unwrap();
    let text = String::from_utf8_lossy(&read);
    assert!(text.starts_with("HTTP/1.1 413") && text.contains("64 MiB"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_waits_for_100_is_asked_for_a_body_above_the_limit_too() {
    let server = Running::start(&[]);
    let body = review(LIMIT + 1);
    let mut stream = connected(&server, HTTP_1).await;
    let head =
        format!("content-type: {JSON}\r\ncontent-length: {}\r\nexpect: 100-continue\r\nconnection: close", body.len());
    stream.write_all(format!("POST /mutate HTTP/1.1\r\nhost: a\r\n{head}\r\n\r\n").as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    timeout(PATIENCE, stream.read_exact(&mut go_on)).await.expect("not asked").unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut read)).await.expect("still open").unwrap();
    let text = String::from_utf8_lossy(&read);
    assert!(
        text.starts_with("HTTP/1.1 200") && text.contains("\"allowed\":true") && text.contains("[ReviewTooLarge]"),
        "{text}"
    );
}

/// The body's timeout and the request's timeout stay the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_above_the_limit_has_no_more_time_than_others() {
    let servers = [(Running::start_limited(HURRIED), "/mutate"), (Running::start(&[]), "/mutate?timeout=2s")];
    for (server, path) in servers {
        for alpn in [HTTP_1, HTTP_2] {
            let (sender, body) = pieces();
            sender.send(review(LIMIT + 1).into_bytes().into()).unwrap();
            let answer =
                timeout(PATIENCE, Client::new(&server, alpn).await.request(Method::POST, path, JSON, body)).await;
            let answer = answer.expect("waited for");
            assert!(answer.status == 408 && answer.body.contains("too slowly"), "{alpn} {path}: {answer:?}");
            drop(sender);
        }
    }
}
