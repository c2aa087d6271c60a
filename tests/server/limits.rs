//! Limits of one client: connections, headers and bodies. Other clients are served meanwhile, or as soon as there is
//! room.

use std::time::{Duration, Instant};

use hyper::{Method, Request};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::client::{Client, HTTP_1, HTTP_2, JSON, asking, connected, pieces, whole};
use crate::connection_limits::served_anew;
use crate::metrics::Scrape;
use crate::running::{PATIENCE, Running};

#[tokio::test]
async fn who_comes_while_there_is_no_file_descriptor_is_served_when_there_is_one() {
    let server = Running::start(&[]);
    // Below the files that it has open.
    limit_files(&server, 4);
    let waiting = TcpStream::connect(server.webhook).await.unwrap();
    let deadline = Instant::now() + PATIENCE;
    while !server.read("log").contains("cannot accept a connection; trying again") {
        assert!(Instant::now() < deadline, "{}", server.read("log"));
        sleep(Duration::from_millis(5)).await;
    }
    limit_files(&server, 1024);
    assert_eq!(timeout(PATIENCE, served_anew(&server)).await.expect("never served"), 200);
    assert!(Scrape::of(&server).await.value("podwright_accept_errors_total{port=\"webhook\"}") >= 1.0);
    drop(waiting);
}

/// Sets the soft limit of a running process.
fn limit_files(server: &Running, files: u64) {
    let process = Pid::from_raw(i32::try_from(server.held.pid()).unwrap());
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    prlimit(process, Resource::Nofile, Rlimit { current: Some(files), maximum }).unwrap();
}

#[tokio::test]
async fn headers_without_end_are_refused() {
    let server = Running::start(&[]);
    let mut other = Client::new(&server, HTTP_2).await;
    for header in ["a: b\r\n".to_owned(), format!("a: {}\r\n", "b".repeat(1000))] {
        let mut stream = connected(&server, HTTP_1).await;
        let head = format!("POST /mutate HTTP/1.1\r\nhost: a\r\n{}", header.repeat(20_000 / header.len() + 100));
        // The server may close the connection before the test has written everything.
        let _ = stream.write_all(head.as_bytes()).await;
        let mut read = Vec::new();
        let _ = timeout(PATIENCE, stream.read_to_end(&mut read)).await.expect("not closed");
        let text = String::from_utf8_lossy(&read);
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 431"), "{text}");
        assert_eq!(other.post("/mutate", asking()).await.status, 200);
    }
}

/// HTTP/2's own code would refuse them without logging.
#[tokio::test]
async fn headers_that_are_too_large_for_a_stream_are_refused_and_counted() {
    let server = Running::start(&[]);
    let mut client = Client::new(&server, HTTP_2).await;
    for (length, status) in [(15_000, 200), (16_400, 431), (30_000, 431)] {
        let content_type = format!("{JSON}; a={}", "b".repeat(length));
        let (sender, body) = pieces();
        sender.send(asking().into()).unwrap();
        drop(sender);
        let answer = client.request(Method::POST, "/mutate", &content_type, body).await;
        assert_eq!(answer.status, status, "{length}: {answer:?}");
        assert!(status == 200 || answer.body.contains("16 KiB"), "{length}: {answer:?}");
    }
    // The client adds two fields of its own; some requests lack them.
    for (fields, status) in [(80, 200), (101, 431)] {
        let Client::Http2(client) = &mut client else { unreachable!() };
        let request = (0..fields).fold(Request::post("/mutate").header("content-type", JSON), |request, field| {
            request.header(format!("a-{field}"), "b")
        });
        let answered = client.send_request(request.body(whole(asking())).unwrap()).await.unwrap();
        assert_eq!(answered.status(), status, "{fields} fields");
    }
    assert_eq!(client.post("/mutate", asking()).await.status, 200);
    let refused = "podwright_requests_total{route=\"pods\",outcome=\"refused\",status=\"431\"}";
    assert_eq!(Scrape::of(&server).await.value(refused), 3.0);
}

#[tokio::test]
async fn large_bodies_at_once_are_all_answered() {
    let server = Running::start(&[]);
    let review = asking();
    let large = format!("{review}{}", " ".repeat((7 << 20) - review.len()));
    let mut sent = JoinSet::new();
    for alpn in [HTTP_1, HTTP_2].repeat(4) {
        let (mut client, body) = (Client::new(&server, alpn).await, large.clone());
        sent.spawn(async move { client.post("/mutate", body).await.status });
    }
    assert_eq!(Client::new(&server, HTTP_2).await.post("/mutate", asking()).await.status, 200);
    assert_eq!(sent.join_all().await, [200; 8]);
}
