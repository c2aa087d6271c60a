//! The end: what is in flight is finished, what is idle is closed, and readiness says so first.

use std::time::{Duration, Instant};

use hyper::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::client::{Client, HTTP_1, HTTP_2, JSON, admin, asking, connected, pieces};
use crate::running::{PATIENCE, Running};

#[tokio::test]
async fn a_request_in_flight_is_answered_after_sigterm() {
    for alpn in [HTTP_1, HTTP_2] {
        let mut server = Running::start(&[]);
        let mut client = Client::new(&server, alpn).await;
        let (sender, body) = pieces();
        let review = asking();
        let (first, second) = review.split_at(review.len() / 2);
        sender.send(first.to_owned().into()).unwrap();
        let response = tokio::spawn(async move { client.request(Method::POST, "/mutate", JSON, body).await });
        // Until the headers and the first half have arrived, it is not in flight.
        sleep(Duration::from_millis(300)).await;

        server.held.signal("TERM").unwrap();
        becomes_unready(&server).await;
        sleep(Duration::from_millis(1500)).await;
        assert_eq!(server.held.exited().unwrap(), None, "{alpn}: ended with a request in flight");
        assert!(TcpStream::connect(server.webhook).await.is_err(), "{alpn}: still accepts");

        sender.send(second.to_owned().into()).unwrap();
        drop(sender);
        let answer = timeout(PATIENCE, response).await.unwrap().unwrap();
        assert_eq!(answer.status, 200, "{alpn}: {answer:?}");
        assert_eq!(server.ended().code(), Some(0), "{alpn}:\n{}", server.read("log"));
    }
}

#[tokio::test]
async fn the_answer_in_flight_closes_its_connection() {
    let mut server = Running::start(&[]);
    let review = asking();
    let mut stream = connected(&server, HTTP_1).await;
    let length = review.len();
    let head = format!("POST /mutate HTTP/1.1\r\nhost: a\r\ncontent-type: {JSON}\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    sleep(Duration::from_millis(300)).await;
    server.held.signal("TERM").unwrap();
    becomes_unready(&server).await;
    stream.write_all(review.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut read)).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&read).to_lowercase();
    assert!(text.starts_with("http/1.1 200") && text.contains("connection: close"), "{text}");
    assert_eq!(server.ended().code(), Some(0));
}

#[tokio::test]
async fn idle_and_silent_connections_do_not_delay_the_end() {
    for signal in ["TERM", "INT"] {
        let mut server = Running::start(&[]);
        let mut used = [Client::new(&server, HTTP_1).await, Client::new(&server, HTTP_2).await];
        for client in &mut used {
            assert_eq!(client.post("/mutate", asking()).await.status, 200);
        }
        let fresh = [connected(&server, HTTP_1).await, connected(&server, HTTP_2).await];
        let tcp = TcpStream::connect(server.webhook).await.unwrap();
        let mut halfway = connected(&server, HTTP_1).await;
        halfway.write_all(b"POST /mutate HTTP/1.1\r\nhos").await.unwrap();
        sleep(Duration::from_millis(300)).await;

        let (status, took) = server.stop(signal);
        assert_eq!(status.code(), Some(0), "{}", server.read("log"));
        assert!(took < Duration::from_secs(5), "{signal}: took {took:?}");
        drop((used, fresh, tcp, halfway));
    }
}

/// Often, because it was once decided by chance whether the listener's end was taken for an accident.
#[test]
fn a_server_without_a_connection_ends_well_every_time() {
    for round in 0..20 {
        let mut server = Running::start(&[]);
        let (status, _) = server.stop("TERM");
        assert_eq!(status.code(), Some(0), "round {round}:\n{}", server.read("log"));
    }
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let mut server = Running::start(&[]);
    let mut client = Client::new(&server, HTTP_2).await;
    let (sender, body) = pieces();
    sender.send("{".into()).unwrap();
    let response = tokio::spawn(async move { client.send(Method::POST, "/mutate", JSON, body).await.map(drop) });
    sleep(Duration::from_millis(300)).await;
    server.held.signal("TERM").unwrap();
    becomes_unready(&server).await;
    let (status, took) = server.stop("TERM");
    assert_eq!(status.code(), Some(1), "{}", server.read("log"));
    assert!(took < Duration::from_secs(5), "took {took:?}");
    assert!(response.await.unwrap().is_err(), "answered without its body");
}

async fn becomes_unready(server: &Running) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let (ready, alive) = (admin(server, "/readyz").await, admin(server, "/livez").await);
        assert_eq!(alive.status, 200, "a restart would not help: {alive:?}");
        if ready.status == 503 {
            assert!(ready.body.contains("[-]listening failed: stopping"), "{ready:?}");
            return;
        }
        assert!(Instant::now() < deadline, "still ready: {ready:?}");
        sleep(Duration::from_millis(5)).await;
    }
}
